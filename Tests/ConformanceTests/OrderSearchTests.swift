// SPDX-License-Identifier: Apache-2.0
//
// The search for replies that no order of commands explains: it accuses no honest relay whatever the
// seed, finds each of the faults that it names, and says so in as few commands as it takes.

import Conformance
import ScenarioLanguage
import Testing

@Suite struct OrderSearchTests {
  private static let scenario =
    String(#filePath.dropLast("Tests/ConformanceTests/OrderSearchTests.swift".count))
    + "Scenarios/rfc5321/4.1.4-order/any-sequence.json"

  private func plan(_ seed: UInt64) -> OrderPlan {
    OrderPlan(seed: seed, sequences: 60, commands: 8, hasUnknown: true)
  }

  @Test("The honest relay is accused by none of 500 seeds", arguments: 0..<10)
  func honest(part: UInt64) async throws {
    let relay = try RelayInMemory()
    for seed in part * 50..<part * 50 + 50 {
      let outcome = try await OrderSearch(plan(seed)).run { relay.play($0) }
      #expect(
        outcome.counterExample == nil, "seed \(seed): \(outcome.counterExample?.sequence ?? "")")
      #expect(outcome.sequences == 60, "seed \(seed): \(outcome.undecided)")
    }
  }

  @Test("Every seed finds every fault that the check names, in the fewest commands")
  func faults() async throws {
    let scenario = try Scenario.decode(file: Self.scenario)
    #expect(scenario.isSearch)
    #expect(scenario.faults.count > 10)
    for fault in scenario.faults {
      let relay = try RelayInMemory(faults: [fault])
      for seed in UInt64(1)...20 {
        let outcome = try await OrderSearch(plan(seed)).run { relay.play($0) }
        let found = try #require(outcome.counterExample, "\(fault), seed \(seed)")
        #expect(found.isMinimal, "\(fault), seed \(seed): \(found.sequence)")
        #expect(found.commands.count <= 5, "\(fault), seed \(seed): \(found.sequence)")
      }
    }
  }

  @Test(
    "A fault is told by the shortest sequence that shows it",
    arguments: [
      ("recipients-before-senders", ["RCPT", "RCPT of nobody"]),
      ("second-mail-keeps-recipients", ["MAIL, RCPT, MAIL, DATA"]),
      (
        "refused-mail-opens-transaction",
        [
          "MAIL without an address, RCPT", "MAIL without an address, MAIL",
          "MAIL without an address, RCPT of nobody",
        ]
      ),
      ("recipients-outlive-messages", ["MAIL, RCPT, DATA, MAIL, DATA"]),
      ("noop-ends-transaction", ["MAIL, NOOP, RCPT, DATA", "MAIL, RCPT, NOOP, DATA"]),
      ("rset-keeps-transaction", ["MAIL, RSET, RCPT", "MAIL, RSET, MAIL"]),
    ])
  func shortest(fault: String, sequences: [String]) async throws {
    let relay = try RelayInMemory(faults: [fault])
    for seed in UInt64(100)...120 {
      let outcome = try await OrderSearch(plan(seed)).run { relay.play($0) }
      let found = try #require(outcome.counterExample)
      #expect(sequences.contains(found.sequence), "seed \(seed)")
    }
  }

  @Test("The same seed plays the same commands, another one others")
  func seeds() {
    #expect(plan(7).walks == plan(7).walks)
    #expect(plan(7).walks != plan(8).walks)
  }

  @Test("A connection sees two faults and nine commands outside of mail at most, hello included")
  func hygiene() {
    for seed in UInt64(0)..<50 {
      for walk in plan(seed).walks {
        var (faults, nonMail, hasSender, recipients) = (0, 2, false, 0)
        for command in walk.commands {
          if command.isNonMail { nonMail += 1 }
          switch command {
          case .ehlo, .helo, .rset: (hasSender, recipients) = (false, 0)
          case .unknown, .badMail, .unknownRcpt: faults += 1
          case .mail where hasSender: faults += 1
          case .mail: hasSender = true
          case .rcpt where !hasSender: faults += 1
          case .rcpt: recipients += 1
          case .data where recipients == 0: faults += 1
          case .data: (hasSender, recipients) = (false, 0)
          case .noop, .vrfy, .quit: break
          }
        }
        #expect(faults <= 2 && nonMail <= 9, "seed \(seed): \(walk.commands.map(\.rawValue))")
        #expect(walk.sequences.allSatisfy { $0.count <= 8 })
      }
    }
  }

  @Test("A target that only defers ends the search undecided after a few connections")
  func deferring() async throws {
    let server = MadeUpServer { _, command in command == .mail ? 451 : nil }
    let outcome = try await OrderSearch(plan(1)).run { server.play($0) }
    #expect(outcome.counterExample == nil)
    #expect(outcome.gaveUp)
    #expect(outcome.connections < 20)
    #expect(outcome.undecided.allSatisfy { $0 == "451" })
  }

  @Test("A server that is wrong once in a long while is still shown in the fewest commands")
  func rare() async throws {
    // Wrong only where NOOP and VRFY have both come since the last MAIL.
    let server = MadeUpServer { earlier, command in
      guard command == .data, let mail = earlier.lastIndex(of: .mail) else { return nil }
      let since = earlier[mail...]
      return since.contains(.noop) && since.contains(.rcpt) ? 503 : nil
    }
    let outcome = try await OrderSearch(plan(3)).run { server.play($0) }
    let found = try #require(outcome.counterExample)
    #expect(Set(found.commands) == [.mail, .rcpt, .noop, .data])
    #expect(found.commands.count == 4)
    #expect(found.tries <= OrderSearch.replays)
  }
}
