// SPDX-License-Identifier: Apache-2.0
//
// Ways to play the same dialogue, and searches in place of one: what a check does when it compares
// or tries out instead of following a script.

/// How the groups of a dialogue go out.
///
/// - SeeAlso: RFC 2920 section 3.2: a server answers a group as it would its commands one by one.
package enum Manner: String, Sendable, CaseIterable {
  /// Every command waits for the reply to the one before.
  case lockStep = "lock-step"
  /// As above, and every octet is a segment of its own.
  case drop = "octet-by-octet"
  /// A group in one write.
  case oneWrite = "one-write"
  /// A group with every octet a segment of its own.
  case everyOctet = "every-octet"
  /// A group cut between CR and LF.
  case lineEnds = "inside-line-ends"
  /// A group in one write, after STARTTLS.
  case secure = "over-tls"

  /// Whether commands go out before the replies to those before them.
  package var isPipelined: Bool { self != .lockStep && self != .drop }

  /// Where a write is divided.
  var cut: Cut {
    switch self {
    case .lockStep, .oneWrite, .secure: .whole
    case .drop, .everyOctet: .everyOctet
    case .lineEnds: .insideLineEnds
    }
  }
}

/// A search with sequences of commands.
package struct Search: Sendable, Equatable {
  package var subject: Subject
  /// How many sequences are tried.
  package var sequences: Int
  /// The longest sequence.
  package var commands: Int

  package init(subject: Subject, sequences: Int, commands: Int) {
    self.subject = subject
    self.sequences = sequences
    self.commands = commands
  }

  package enum Subject: String, Sendable, CaseIterable {
    /// Replies that the order of commands and the buffers of RFC 5321 do not allow.
    case order
  }
}

extension Scenario {
  /// Whether the check looks for whatever is wrong, so that it may find faults of any kind.
  ///
  /// The faults that it names are those that it has to find; that it finds others, too, is no
  /// flaw of theirs.
  package var isSearch: Bool { search != nil }
}
