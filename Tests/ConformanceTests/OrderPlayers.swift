// SPDX-License-Identifier: Apache-2.0
//
// Plays sequences of commands without a socket: to the embedded relay's machine, and to servers made
// up of one wrong answer.

import Conformance
import ReferenceRelay

/// A client of the relay's machine that says one command after the other.
struct RelayInMemory {
  private let service: RelayService

  init(faults: [String] = []) throws {
    let broken = faults.compactMap { RelayFaultCatalogue.fault(named: $0) }.map { $0.init() }
    service = RelayService(RelayConfiguration(tls: nil, faults: broken), role: .relay)
  }

  /// Plays the commands behind greeting and EHLO.
  func play(_ commands: [OrderCommand]) -> OrderPlay {
    let session = RelaySession(service, peer: RelayPeer(number: 1), tally: RelayTally())
    var output = RelayOutput()
    session.opened(at: RelayInstant(nanoseconds: 0), into: &output)
    var client = Client(session: session)
    guard case .reply(250, _) = client.say("EHLO client.test") else {
      return OrderPlay([], obstacle: "no hello")
    }
    var exchanges: [OrderExchange] = []
    for command in commands {
      let answer = client.say(command.line)
      var exchange = OrderExchange(command, answer)
      if command == .data, case .reply(354, _) = answer {
        exchange.message = client.say("Subject: test\r\n\r\nText\r\n.")
      }
      exchanges.append(exchange)
      if command == .quit { break }
      if case .closed = exchange.message ?? answer { break }
    }
    return OrderPlay(exchanges)
  }
}

/// One connection.
private struct Client {
  let session: RelaySession
  var now: Int64 = 0
  var isClosed = false

  mutating func say(_ line: String) -> OrderAnswer {
    guard !isClosed else { return .closed("closed") }
    now += 1_000_000
    var output = RelayOutput()
    Array("\(line)\r\n".utf8).withUnsafeBytes {
      session.received($0, at: RelayInstant(nanoseconds: now), into: &output)
    }
    if case .close = output.step { isClosed = true }
    let text = String(decoding: output.octets, as: UTF8.self)
    let lines = text.split(separator: "\r\n")
    let last = lines.filter { $0.dropFirst(3).first != "-" }
    guard last.count == 1, let code = UInt16(last[0].prefix(3)) else {
      return isClosed && lines.isEmpty ? .closed("closed") : .unpaired(text)
    }
    return .reply(code, String(last[0]))
  }
}

extension OrderCommand {
  /// The line as a client says it to the embedded relay.
  var line: String {
    switch self {
    case .ehlo: "EHLO client.test"
    case .helo: "HELO client.test"
    case .mail: "MAIL FROM:<sender@relaymark.test>"
    case .badMail: "MAIL FROM:<no address>"
    case .rcpt: "RCPT TO:<user1@relaymark.test>"
    case .unknownRcpt: "RCPT TO:<nobody@relaymark.test>"
    case .data: "DATA"
    case .rset: "RSET"
    case .noop: "NOOP"
    case .vrfy: "VRFY user1"
    case .unknown: "FROBNICATE"
    case .quit: "QUIT"
    }
  }
}

/// A server that follows the book but for what it is told.
struct MadeUpServer {
  /// Answers instead of the right one, given the commands so far.
  var wrong: (ArraySlice<OrderCommand>, OrderCommand) -> UInt16?

  func play(_ commands: [OrderCommand]) -> OrderPlay {
    var hasSender = false
    var recipients = 0
    let exchanges = commands.enumerated().map { place, command in
      let right: UInt16
      switch command {
      case .ehlo, .helo, .rset:
        (hasSender, recipients, right) = (false, 0, 250)
      case .noop: right = 250
      case .vrfy: right = 252
      case .quit: right = 221
      case .unknown, .badMail: right = 500
      case .mail:
        right = hasSender ? 503 : 250
        hasSender = true
      case .rcpt:
        right = hasSender ? 250 : 503
        if hasSender { recipients += 1 }
      case .unknownRcpt: right = hasSender ? 550 : 503
      case .data: right = recipients > 0 ? 354 : 503
      }
      let code = wrong(commands[..<place], command) ?? right
      var exchange = OrderExchange(command, .reply(code, "\(code)"))
      if command == .data, code == 354 {
        exchange.message = .reply(250, "250")
        (hasSender, recipients) = (false, 0)
      }
      return exchange
    }
    return OrderPlay(exchanges)
  }
}
