// SPDX-License-Identifier: Apache-2.0
//
// What RFC 5321 lets a server answer to a command, given those before it: the order of commands and
// the buffers for sender and recipients. It allows whatever the RFC leaves open, so that what it
// does not allow is wrong. Pure values.
//
//   no sender ── MAIL 2yz ──▶ sender ── RCPT 2yz ──▶ recipients ── DATA 354, 2yz ──▶ no sender
//       ▲                        │                        │
//       └──── RSET, EHLO, HELO ──┴────────────────────────┘      all else leaves the state alone

/// A command of a sequence.
package enum OrderCommand: String, Sendable, CaseIterable {
  case ehlo = "EHLO"
  case helo = "HELO"
  case mail = "MAIL"
  /// MAIL with something that is no path.
  case badMail = "MAIL without an address"
  case rcpt = "RCPT"
  case unknownRcpt = "RCPT of nobody"
  /// DATA and, where it is answered 354, a message.
  case data = "DATA"
  case rset = "RSET"
  case noop = "NOOP"
  case vrfy = "VRFY"
  case unknown = "an unknown command"
  case quit = "QUIT"

  /// Whether it belongs to no transaction; servers count these.
  package var isNonMail: Bool {
    switch self {
    case .ehlo, .helo, .rset, .noop, .vrfy, .unknown, .quit: true
    case .mail, .badMail, .rcpt, .unknownRcpt, .data: false
    }
  }
}

/// What came back.
package enum OrderAnswer: Sendable, Equatable {
  /// The code, and the reply in one line.
  case reply(UInt16, String)
  case closed(String)
  /// No reply, or one too many; one line says which.
  case unpaired(String)

  package var text: String {
    switch self {
    case .reply(_, let text), .closed(let text), .unpaired(let text): text
    }
  }
}

/// A command with its answer.
package struct OrderExchange: Sendable, Equatable {
  package var command: OrderCommand
  package var answer: OrderAnswer
  /// To the message behind DATA, where there was one.
  package var message: OrderAnswer?

  package init(_ command: OrderCommand, _ answer: OrderAnswer, message: OrderAnswer? = nil) {
    self.command = command
    self.answer = answer
    self.message = message
  }
}

/// What the model says of an answer.
package enum OrderJudgement: Sendable, Equatable {
  case fits
  /// No server that keeps to the RFC answers so.
  case violates(expected: String, actual: String)
  /// The server may say so for reasons of its own; what follows cannot be judged.
  case undecided(String)
}

/// A session as the RFC sees it.
package struct OrderModel: Sendable, Equatable {
  package private(set) var hasSender = false
  package private(set) var recipients = 0

  /// A session whose hello was accepted.
  package init() {}

  /// Takes the next exchange.
  package mutating func take(_ exchange: OrderExchange) -> OrderJudgement {
    guard case .reply(let code, let text) = exchange.answer else {
      return Self.judge(unreplied: exchange.answer, to: exchange.command)
    }
    let class1 = code / 100
    if exchange.command == .quit { return .fits }
    if code == 421 || (class1 == 4 && exchange.command != .vrfy) { return .undecided(text) }
    if class1 < 2 || class1 > 5 { return .violates(expected: "a reply code", actual: text) }
    switch exchange.command {
    case .ehlo:
      // Only a hello that is acceptable resets anything (RFC 5321 section 4.1.4), and a server may
      // say that it has had one.
      return need(class1 == 2 || code == 503, "2xx or 503", text) { if class1 == 2 { $0.clear() } }
    case .helo:
      // A server that knows only EHLO leaves everything as it was.
      return need(class1 != 3, "2xx or 5xx", text) { if class1 == 2 { $0.clear() } }
    case .rset: return need(class1 == 2, "2xx", text) { $0.clear() }
    case .noop: return need(class1 == 2, "2xx", text)
    case .vrfy: return need(class1 != 3, "one final reply", text)
    case .unknown: return need(class1 == 5, "5xx: there is no such command", text)
    case .mail: return mail(code, text)
    case .badMail:
      return class1 == 5 ? .fits : .undecided("MAIL without an address was answered \(text)")
    case .rcpt, .unknownRcpt: return rcpt(code, text, isKnown: exchange.command == .rcpt)
    case .data: return data(code, text, exchange.message)
    case .quit: return .fits
    }
  }

  private mutating func clear() { self = OrderModel() }

  private mutating func need(
    _ isRight: Bool, _ expected: String, _ actual: String,
    then change: (inout OrderModel) -> Void = { _ in }
  ) -> OrderJudgement {
    guard isRight else { return .violates(expected: expected, actual: actual) }
    change(&self)
    return .fits
  }

  private static func judge(
    unreplied answer: OrderAnswer, to command: OrderCommand
  ) -> OrderJudgement {
    if case .unpaired(let text) = answer {
      return .violates(expected: "one reply to each command, in order", actual: text)
    }
    return command == .quit ? .fits : .undecided(answer.text)
  }

  // MARK: Mail commands

  /// One transaction at a time (RFC 5321 sections 3.3 and 4.1.4): a second MAIL is out of order, or
  /// begins another one without the recipients of the first.
  private mutating func mail(_ code: UInt16, _ text: String) -> OrderJudgement {
    if hasSender {
      return need(code / 100 == 5 || code / 100 == 2, "503, or 2xx for a new transaction", text) {
        if code / 100 == 2 { $0.recipients = 0 }
      }
    }
    if code / 100 == 5, code != 503 { return .undecided("MAIL was answered \(text)") }
    return need(code / 100 == 2, "2xx: no transaction is open", text) { $0.hasSender = true }
  }

  private mutating func rcpt(_ code: UInt16, _ text: String, isKnown: Bool) -> OrderJudgement {
    guard hasSender else { return need(code / 100 == 5, "503: no transaction is open", text) }
    switch code {
    case 200..<300:
      recipients += 1
      return .fits
    case 503: return .violates(expected: "no 503: a transaction is open", actual: text)
    case 500..<600 where !isKnown: return .fits
    case 500..<600: return .undecided("RCPT was answered \(text)")
    default: return .violates(expected: "2xx or 5xx", actual: text)
    }
  }

  /// DATA without recipients is answered 503 or 554, which leave the state alone, or even 354 if the
  /// message is then refused (RFC 5321 sections 3.3 and 4.1.4).
  private mutating func data(
    _ code: UInt16, _ text: String, _ message: OrderAnswer?
  ) -> OrderJudgement {
    if !hasSender, code != 354 {
      return need(code / 100 == 5, "503: no transaction is open", text)
    }
    if code == 503 || (code == 554 && recipients == 0) {
      return need(recipients == 0, "354: \(recipients) recipients were accepted", text)
    }
    // What a refusal for other reasons leaves behind is the server's affair.
    if code / 100 == 5 { return .undecided("DATA was answered \(text)") }
    guard code == 354 else { return .violates(expected: "354 or 5xx", actual: text) }
    guard let message else { return .undecided("no message followed") }
    guard case .reply(let code, let text) = message else {
      return Self.judge(unreplied: message, to: .data)
    }
    switch code / 100 {
    case 2 where recipients == 0:
      return .violates(expected: "503 or 554: no recipient was accepted", actual: text)
    case 2, 5:
      clear()
      return .fits
    case 4: return .undecided("the message was answered \(text)")
    default: return .violates(expected: "2xx, 4xx or 5xx", actual: text)
    }
  }
}

extension OrderModel {
  /// The first exchange of a session that does not fit.
  package static func verdict(
    of exchanges: [OrderExchange]
  ) -> (place: Int, judgement: OrderJudgement)? {
    var model = OrderModel()
    for (place, exchange) in exchanges.enumerated() {
      let judgement = model.take(exchange)
      if judgement != .fits { return (place, judgement) }
    }
    return nil
  }

  /// How a faultless server would answer, and whether it would call the command a fault.
  mutating func takeIdeal(_ command: OrderCommand) -> Bool {
    switch command {
    case .ehlo, .helo, .rset: clear()
    case .noop, .vrfy, .quit: break
    case .unknown, .badMail: return true
    case .mail:
      if hasSender { return true }
      hasSender = true
    case .unknownRcpt: return true
    case .rcpt:
      guard hasSender else { return true }
      recipients += 1
    case .data:
      guard recipients > 0 else { return true }
      clear()
    }
    return false
  }
}
