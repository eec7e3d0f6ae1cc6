// SPDX-License-Identifier: Apache-2.0
//
// Proves the small parts of a load one by one: tickets, the gate, reply counts, books.

import DialogueEngine
import RunRecord
import ScenarioLanguage
import Testing

@testable import LoadEngine

@Suite struct TicketOfficeTests {
  @Test("Every number is handed out once, even to many at a time")
  func once() async {
    let office = TicketOffice(planned: 10_000)
    let taken = await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var mine: [Int] = []
          while let number = office.take() { mine.append(number) }
          return mine
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(taken.sorted() == Array(1...10_000))
    #expect(!office.hasMore)
  }

  @Test("A number given back is handed out again, and no other")
  func givenBack() {
    let office = TicketOffice(planned: 2)
    #expect(office.take() == 1 && office.take() == 2 && office.take() == nil)
    office.giveBack(1)
    #expect(office.hasMore)
    #expect(office.take() == 1 && office.take() == nil)
  }

  @Test("A closed office hands out nothing")
  func closed() {
    let office = TicketOffice(planned: 5)
    office.giveBack(7)
    office.close()
    #expect(office.take() == nil && !office.hasMore)
  }
}

@Suite struct ConnectGateTests {
  @Test("The window closes and opens with those who settle")
  func window() throws {
    var gate = ConnectGate(limit: 2)
    let tickets = [gate.admit(), gate.admit(), gate.admit()]
    #expect(tickets.map { $0 != nil } == [true, true, false])
    gate.settle(try #require(tickets[0]))
    let later = [gate.admit(), gate.admit()]
    #expect(later.map { $0 != nil } == [true, false])
  }

  @Test("Whoever waited for an interval no longer counts, and settles without effect")
  func forgiving() throws {
    var gate = ConnectGate(limit: 1)
    let late = gate.admit()
    gate.forgive()
    let next = gate.admit()
    gate.settle(try #require(late))
    let none = gate.admit()
    #expect(next != nil && none == nil)
  }
}

@Suite struct ReplyTableTests {
  @Test("Replies count by stage and by code; what is no code counts as 0")
  func counting() {
    var table = ReplyTable()
    table.count(250, at: .mail)
    table.count(250, at: .rcpt)
    table.count(550, at: .rcpt)
    table.count(65_535, at: .rcpt)
    var other = ReplyTable()
    other.count(250, at: .rcpt)
    table.merge(other)
    #expect(table.byCode == [250: 3, 550: 1, 0: 1])
    #expect(table.byStage == ["mail": ["250": 1], "rcpt": ["250": 2, "550": 1, "0": 1]])
  }
}

@Suite struct LoadTallyTests {
  @Test(
    "Every outcome is counted under its own name and the sum is what was attempted",
    arguments: TransactionResult.Outcome.allCases)
  func outcomes(outcome: TransactionResult.Outcome) {
    var tally = LoadTally()
    tally.count(Self.result(outcome, code: 451, reason: "451 later"))
    let counts = tally.messages
    #expect(counts.attempted == 1 && counts.isBalanced)
    let byName: [TransactionResult.Outcome: Int] = [
      .accepted: counts.accepted, .deferred: counts.deferred, .rejected: counts.rejected,
      .throttled: counts.throttled, .lost: counts.lost,
    ]
    #expect(byName[outcome] == 1)
    #expect(tally.lostStages == (outcome == .lost ? ["body": 1] : [:]))
  }

  @Test("Samples and reasons stay few, whatever a peer invents")
  func bounded() {
    var tally = LoadTally()
    for number in 0..<1_000 {
      tally.count(Self.result(.rejected, code: UInt16(500 + number % 100), reason: "no \(number)"))
      tally.countRefusal("reason \(number)")
    }
    #expect(tally.samples.count <= 50)
    #expect(tally.samples.values.allSatisfy { $0.count <= 3 })
    #expect(tally.connections.refusals.count <= 51)
    #expect(tally.connections.refused == 1_000)
    #expect(tally.connections.refusals.values.reduce(0, +) == 1_000)
  }

  @Test("Merged books are the sum of both")
  func merging() {
    var one = LoadTally()
    var two = LoadTally()
    one.count(Self.result(.accepted, code: 250, position: 2))
    two.count(Self.result(.lost))
    two.countCutOff()
    two.countRefusal("connection refused")
    one.merge(two)
    #expect(one.messages.attempted == 3 && one.messages.isBalanced)
    #expect(one.connections.reusedMessages == 1)
    #expect(one.lostStages == ["body": 1, "transaction": 1])
    #expect(one.connections.refusals == ["connection refused": 1])
    #expect(one.octets == 200)
  }

  static func result(
    _ outcome: TransactionResult.Outcome, code: UInt16 = 0, position: Int = 1,
    reason: String? = nil
  ) -> TransactionResult {
    TransactionResult(
      outcome: outcome, number: 1, started: Instant(nanoseconds: 0),
      ended: Instant(nanoseconds: 1_000), code: code, stage: .body, octets: 100,
      position: position, reason: reason)
  }
}
