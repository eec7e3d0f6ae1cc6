// SPDX-License-Identifier: Apache-2.0
//
// What a session of a load does when the target has told it to go with 421.

/// What becomes of a session that 421 has ended the connection of (RFC 5321 section 3.8).
package enum ReopenPolicy: Sendable, Equatable {
  /// It opens another connection at once.
  case reopen
  /// It sends nothing for so long, and then opens another connection.
  case pause(Duration)
  /// It opens none; the other sessions send what it would have sent.
  case stop

  /// `reopen`, `stop`, or a pause such as `5s`, up to 15 minutes; nil for anything else.
  package init?(_ text: String) {
    switch text {
    case "reopen": self = .reopen
    case "stop": self = .stop
    default:
      guard let pause = Quantity.duration(text), Self.pauses.contains(pause) else { return nil }
      self = .pause(pause)
    }
  }

  /// A pause of nothing is `reopen`.
  private static let pauses = Duration.milliseconds(1)...Limits.stepTime

  /// As a script or a command line says it.
  package var text: String {
    switch self {
    case .reopen: "reopen"
    case .stop: "stop"
    case .pause(let pause):
      switch pause.nanoseconds {
      case let whole where whole % 1_000_000_000 == 0: "\(whole / 1_000_000_000)s"
      case let whole where whole % 1_000_000 == 0: "\(whole / 1_000_000)ms"
      case let odd: "\(Double(odd) / 1e6)ms"
      }
    }
  }
}
