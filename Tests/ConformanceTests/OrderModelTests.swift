// SPDX-License-Identifier: Apache-2.0
//
// The model of RFC 5321's order: what it forbids, what it leaves to the server, and where it says
// that it cannot tell. And the shrinking of what fails.

import Conformance
import Testing

@Suite struct OrderModelTests {
  private func verdict(_ exchanges: [(OrderCommand, UInt16)]) -> OrderJudgement? {
    OrderModel.verdict(
      of: exchanges.map { command, code in
        // A code behind 354 is that of the message.
        code < 1000
          ? OrderExchange(command, .reply(code, "\(code)"))
          : OrderExchange(
            command, .reply(354, "354"), message: .reply(code - 1000, "\(code - 1000)"))
      })?.judgement
  }

  @Test(
    "What RFC 5321 allows fits",
    arguments: [
      [(.mail, 250), (.rcpt, 250), (.data, 1250), (.mail, 250)],
      [(.rcpt, 503), (.data, 554), (.mail, 250), (.mail, 503), (.rcpt, 251)],
      [(.mail, 250), (.unknownRcpt, 550), (.data, 554), (.rcpt, 250), (.data, 1250)],
      [(.mail, 250), (.unknownRcpt, 250), (.data, 1250)],
      [(.mail, 250), (.data, 1554), (.mail, 250)], [(.data, 1503)],
      [(.mail, 250), (.rcpt, 250), (.mail, 250), (.data, 554), (.rcpt, 250), (.data, 1552)],
      [(.mail, 250), (.ehlo, 250), (.rcpt, 503)], [(.mail, 250), (.ehlo, 503), (.rcpt, 250)],
      [(.mail, 250), (.helo, 502), (.rcpt, 250)],
      [(.badMail, 501), (.rcpt, 503), (.vrfy, 450), (.unknown, 500), (.quit, 500)],
    ] as [[(OrderCommand, UInt16)]])
  func allowed(exchanges: [(OrderCommand, UInt16)]) {
    #expect(verdict(exchanges) == nil)
  }

  @Test(
    "What RFC 5321 forbids does not",
    arguments: [
      [(.rcpt, 250)], [(.data, 250)], [(.data, 1250)],
      [(.mail, 250), (.rcpt, 250), (.mail, 250), (.data, 1250)],
      [(.mail, 250), (.rset, 250), (.rcpt, 250)], [(.mail, 250), (.data, 1250)],
      [(.mail, 250), (.rcpt, 250), (.data, 503)], [(.mail, 250), (.noop, 250), (.rcpt, 503)],
      [(.mail, 250), (.rcpt, 250), (.data, 1250), (.mail, 503)], [(.ehlo, 500)], [(.rset, 503)],
      [(.noop, 500)], [(.mail, 250), (.rcpt, 250), (.ehlo, 250), (.mail, 250), (.data, 1250)],
      [(.unknown, 250)], [(.mail, 199)],
    ] as [[(OrderCommand, UInt16)]])
  func forbidden(exchanges: [(OrderCommand, UInt16)]) {
    guard case .violates? = verdict(exchanges) else {
      Issue.record("\(exchanges) was let through")
      return
    }
  }

  @Test(
    "Refusals for a server's own reasons are no fault of its order",
    arguments: [
      [(.mail, 550)], [(.mail, 451)], [(.mail, 250), (.rcpt, 550)], [(.noop, 421)],
      [(.mail, 250), (.rcpt, 250), (.data, 554)], [(.mail, 250), (.rcpt, 250), (.data, 1452)],
      [(.badMail, 250)],
    ] as [[(OrderCommand, UInt16)]])
  func undecided(exchanges: [(OrderCommand, UInt16)]) {
    guard case .undecided? = verdict(exchanges) else {
      Issue.record("\(exchanges) was judged")
      return
    }
  }

  @Test("F037, F075: a transaction that outlives a second MAIL, or a refused message, is a fault")
  func stale() {
    for stale: [(OrderCommand, UInt16)] in [
      [(.mail, 250), (.rcpt, 250), (.data, 1554), (.rcpt, 250)],
      [(.mail, 250), (.rcpt, 250), (.mail, 250), (.data, 1250)],
    ] {
      guard case .violates? = verdict(stale) else {
        Issue.record("\(stale) was let through")
        continue
      }
    }
  }

  @Test("A lost connection is no fault, a missing or surplus reply is one")
  func unreplied() {
    let lost = OrderModel.verdict(of: [OrderExchange(.mail, .closed("reset"))])
    #expect(lost?.judgement == .undecided("reset"))
    #expect(OrderModel.verdict(of: [OrderExchange(.quit, .closed("reset"))]) == nil)
    guard
      case .violates? = OrderModel.verdict(of: [OrderExchange(.noop, .unpaired("two"))])?.judgement
    else {
      Issue.record("two replies were let through")
      return
    }
  }

  @Test("Shrinking leaves only what the failure needs, whatever stands between")
  func shrinking() async throws {
    // Fails where a 3 comes before a 7, at the 7.
    func failure(_ numbers: [Int]) -> Int? {
      guard let three = numbers.firstIndex(of: 3) else { return nil }
      return numbers[three...].firstIndex(of: 7)
    }
    for size in [2, 5, 30] {
      let long =
        Array(repeating: 1, count: size) + [3] + Array(repeating: 2, count: size) + [7, 7, 1]
      let shrunk = try await Shrinking.shrink(long, most: 200) { failure($0) }
      #expect(shrunk.elements == [3, 7])
      #expect(shrunk.isMinimal)
    }
  }

  @Test("Shrinking keeps to its number of tries and says that it was not done")
  func bounded() async throws {
    let numbers = Array(0..<100)
    let shrunk = try await Shrinking.shrink(numbers, most: 10) { candidate in
      candidate.count(where: { $0 % 2 == 0 }) >= 50 ? candidate.count - 1 : nil
    }
    #expect(shrunk.tries == 10)
    #expect(!shrunk.isMinimal)
  }
}
