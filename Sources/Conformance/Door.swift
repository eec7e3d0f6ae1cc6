// SPDX-License-Identifier: Apache-2.0
//
// Whether a target lets us in, learned from a plain session that does nothing odd: it says hello,
// names a sender and a recipient, and takes that back. Asked before the checks, whenever several of
// them were turned away, and after them.

import DialogueEngine
import JSONText
package import SMTPTransport
import SMTPWire
package import ScenarioLanguage

/// What a plain session met.
package enum Door: Sendable, Equatable {
  /// Mail would be taken, or is refused for reasons of its own; the checks will tell.
  case open
  /// Mail commands are answered 530 or 538 (RFC 3207 section 4, RFC 4954 section 6), or refused by
  /// a submission server that wants a login: not an error, but nothing behind can be seen from
  /// here.
  case gated(String)
  /// TLS or a login, which the gate needs, cannot be had.
  case unavailable(String)
  /// Sender or recipient are refused for the time being: greylisting, or a full disk.
  case deferred(String)
  /// The target greets with a permanent refusal (RFC 5321 section 3.1).
  case refusing(String)
  /// 421, or a greeting or hello that is refused for the time being.
  case throttled(String)
  /// No connection, no greeting, or no answer.
  case shut(String)

  /// Whether a check that begins in the greeting or later can be judged.
  package var letsIn: Bool {
    switch self {
    case .open, .gated, .unavailable, .deferred: true
    case .refusing, .throttled, .shut: false
    }
  }

  /// One line that says what was met; nil where the door is open.
  package var reason: String? {
    switch self {
    case .open: nil
    case .gated(let text), .unavailable(let text), .deferred(let text), .refusing(let text),
      .throttled(let text), .shut(let text):
      text
    }
  }
}

extension Door {
  /// Reads the door off a session that ran the dialogue of `scenario`, or off a check's preparation.
  ///
  /// - Parameter wantsLogin: whether the session was one that a submission server may turn away
  ///   for want of a login (RFC 6409 section 4.3), with whatever code its policy has.
  package init(of report: DialogueReport, wantsLogin: Bool = false) {
    let judged = report.steps.filter { !$0.isPartOfTeardown }
    if let step = judged.first(where: { !($0.verdict ?? .pass).isGood }) {
      self.init(met: step, wantsLogin: wantsLogin)
      return
    }
    switch report.ending {
    case .setupFailed(let stage, let code, let reason):
      self = code / 100 == 4 ? .throttled("\(stage.rawValue): \(reason)") : .shut(reason)
    case .cancelled: self = .shut("stopped before its end")
    case .finished, .skipped: self = judged.isEmpty ? .shut("nothing was said") : .open
    }
  }

  private init(met step: StepOutcome, wantsLogin: Bool) {
    let text = "\(step.label): \(step.answer)"
    guard case .replies(let replies) = step.answer, let reply = replies.last, reply.code != 0 else {
      self = step.phase == .starttls || step.phase == .auth ? .unavailable(text) : .shut(text)
      return
    }
    switch (step.phase, reply.code) {
    case (_, 421): self = .throttled(text)
    case (.starttls, _), (.auth, _): self = .unavailable(text)
    case (.mail, 530), (.mail, 538), (.rcpt, 530), (.rcpt, 538): self = .gated(text)
    case (.mail, 500...599) where wantsLogin, (.rcpt, 500...599) where wantsLogin:
      self = .gated(text)
    case (.mail, 400...499), (.rcpt, 400...499): self = .deferred(text)
    case (.greeting, 500...599): self = .refusing(text)
    case (.greeting, 400...499), (.ehlo, 400...499): self = .throttled(text)
    default: self = .open
    }
  }

  /// The plain session.
  package static func scenario() throws -> Scenario { try read.get() }

  private static let read = Result { try readScenario() }

  private static func readScenario() throws -> Scenario {
    let text = """
      { "title": "A plain session is served", "level": "L0", "dialogue": [
        { "send": "MAIL FROM:<${sender}>", "expect": "2xx" },
        { "send": "RCPT TO:<${recipient}>", "expect": "2xx" },
        { "send": "RSET", "expect": "2xx|5xx" } ] }
      """
    let value = try JSONReader.read(octets: Array(text.utf8), file: "door.json")
    return try Scenario.decode(value, file: "door.json")
  }
}
