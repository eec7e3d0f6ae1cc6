// SPDX-License-Identifier: Apache-2.0
//
// Where the program speaks: results to standard output, everything else to standard error, colour
// and moving lines only where a person's terminal takes them.

import Glibc
import Synchronization

/// The two streams of a command, and what they can show.
package struct Console: Sendable {
  private let output: @Sendable (String) -> Void
  private let errors: @Sendable (String) -> Void
  private let losses: OutputLosses
  /// Whether results may be coloured.
  package let colour: Bool
  /// Whether standard error can rewrite a line.
  package let live: Bool

  /// - Parameters:
  ///   - output: Takes results, newlines included.
  ///   - errors: Takes diagnostics and progress, newlines included.
  ///   - losses: Where `output` notes what it could not write.
  package init(
    output: @escaping @Sendable (String) -> Void, errors: @escaping @Sendable (String) -> Void,
    losses: OutputLosses = OutputLosses(), colour: Bool = false, live: Bool = false
  ) {
    self.output = output
    self.errors = errors
    self.losses = losses
    self.colour = colour
    self.live = live
  }

  /// The streams of this process.
  package static func standard(environment: [String: String]) -> Console {
    let losses = OutputLosses()
    return Console(
      output: { losses.note(write($0, to: STDOUT_FILENO)) },
      // Nobody is left to be told that errors cannot be told.
      errors: { _ = write($0, to: STDERR_FILENO) }, losses: losses,
      colour: shows(colour: isatty(STDOUT_FILENO) == 1, environment: environment),
      live: isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb")
  }

  /// Whether a stream should be coloured: a terminal that is not dumb, and no `NO_COLOR` with any
  /// value but the empty one (no-color.org).
  package static func shows(colour isTerminal: Bool, environment: [String: String]) -> Bool {
    isTerminal && environment["TERM"] != "dumb" && environment["NO_COLOR", default: ""].isEmpty
  }

  /// Writes a result as it is.
  package func result(_ text: String) { output(text) }

  /// Why results did not get to their reader, such as a full disk; nil where they did, or where the
  /// reader went away.
  package var outputFailure: String? { losses.reason }

  /// Writes one line of diagnostics; what a peer or a file put into it cannot break the line.
  package func error(_ message: String) {
    errors("relaymark: \(Self.oneLine(message))\n")
  }

  /// Writes diagnostics of several lines as they are.
  package func note(_ text: String) { errors(text) }

  static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\u{1B}" ? " " : $0 })
  }

  /// Writes everything or gives up, and says with which error number; 0: all is written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return written < 0 ? errno : EIO }
      rest = rest.dropFirst(written)
    }
    return 0
  }
}

/// What standard output refused to take.
package final class OutputLosses: Sendable {
  private let first = Mutex<Int32>(0)

  package init() {}

  /// Notes an error number of a write.
  ///
  /// A reader that went away (EPIPE), as `head` does, wants nothing more: nothing is lost.
  func note(_ code: Int32) {
    guard code != 0, code != EPIPE else { return }
    first.withLock { if $0 == 0 { $0 = code } }
  }

  var reason: String? {
    let code = first.withLock { $0 }
    guard code != 0 else { return nil }
    return strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
