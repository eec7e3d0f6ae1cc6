// SPDX-License-Identifier: Apache-2.0
//
// How much a server may say in one reply, and what is said when it says more.

/// The bounds of a reply.
package struct ReplyLimits: Sendable, Equatable {
  /// Octets of one line with its terminator.
  package let line: Int
  /// Octets of one reply.
  package let reply: Int
  /// Lines of one reply.
  package let lines: Int

  /// Bounds of at least one line of one octet each; none is larger than 1 GiB.
  package init(line: Int, reply: Int, lines: Int) {
    self.line = Self.clamped(line)
    self.reply = Self.clamped(reply)
    self.lines = Self.clamped(lines)
  }

  /// Far beyond what servers may send (512 octets a line, RFC 5321 section 4.5.3.1.5), far below what
  /// hurts.
  package static let standard = ReplyLimits(line: 64 * 1024, reply: 1024 * 1024, lines: 10_000)

  private static func clamped(_ bound: Int) -> Int { min(max(bound, 1), 1 << 30) }
}

/// A reply that goes beyond its bounds.
///
/// The reader keeps what it has and takes nothing more until `discard`.
package enum ReplyFault: Error, Sendable, Equatable, CustomStringConvertible {
  case lineTooLong(limit: Int)
  case replyTooLong(limit: Int)
  case tooManyLines(limit: Int)

  package var description: String {
    switch self {
    case .lineTooLong(let limit): "a reply line of more than \(limit) octets"
    case .replyTooLong(let limit): "a reply of more than \(limit) octets"
    case .tooManyLines(let limit): "a reply of more than \(limit) lines"
    }
  }
}

/// What is known of a complete reply without copying it.
package struct ReplySummary: Sendable, Equatable {
  /// The code of the last line; 0 where none could be read.
  package let code: UInt16
  package let lineCount: Int
  package let observations: ReplyObservations
  /// Where the reply stands in the reader's storage.
  let range: Range<Int>
  /// Where its last line begins there.
  let lastLine: Int
}
