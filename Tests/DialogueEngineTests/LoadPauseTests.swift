// SPDX-License-Identifier: Apache-2.0
//
// What happens between the transactions of a session: steps on a connection that is used again, and
// pauses, neither of which is part of any latency.

import DialogueEngine
import ScenarioLanguage
import Testing

@Suite("Between the transactions of a load")
struct LoadPauseTests {
  private func run(
    _ moves: [SessionMove], between: [Instruction] = [], think: ClosedRange<Duration>? = nil,
    seconds: Int64 = 3600
  ) throws -> Stage {
    var program = session(envelope + [sendMessage(100)])
    let place = program.transaction.lowerBound
    program.instructions.insert(contentsOf: between, at: place)
    program.between = place..<place + between.count
    program.transaction = place + between.count..<program.transaction.upperBound + between.count
    program.teardown = program.instructions.count..<program.instructions.count
    program.think = think
    let stage = try Stage(program, settings: DialogueSettings(mode: .load))
    stage.moves = moves
    stage.run(seconds: seconds)
    return stage
  }

  private static func transactions(_ numbers: ClosedRange<Int>) -> [SessionMove] {
    numbers.map { .transaction(number: $0, intended: nil) }
  }

  @Test("Steps between run before every transaction but a connection's first, outside its latency")
  func between() throws {
    let stage = try run(
      Self.transactions(1...3) + [.reconnect(number: 4, intended: nil)],
      between: [send("RSET", "250")])
    let verbs = stage.peer.commands.map { $0.prefix(4) }.filter { $0 == "RSET" || $0 == "MAIL" }
    #expect(verbs == ["MAIL", "RSET", "MAIL", "RSET", "MAIL", "MAIL"])
    #expect(stage.results.map(\.outcome) == Array(repeating: .accepted, count: 4))
    #expect(stage.results.allSatisfy { $0.ended - $0.started == 8_000_000 })
  }

  @Test("A step between that is refused fails the message that was to follow, at its stage")
  func refused() throws {
    let stage = try run(
      Self.transactions(1...2), between: [send("RSET", "221")])
    #expect(stage.results.map(\.outcome) == [.accepted, .rejected])
    #expect(stage.results.last?.stage == .rset)
    #expect(stage.peer.commands.filter { $0.hasPrefix("MAIL") }.count == 1)
  }

  @Test("A session thinks between two messages, and no latency counts it")
  func think() throws {
    let stage = try run(Self.transactions(1...3), think: .seconds(2)...(.seconds(2)))
    #expect(stage.results.allSatisfy { $0.ended - $0.started == 8_000_000 })
    let starts = stage.results.map(\.started)
    #expect(starts[1] - stage.results[0].ended == 2_000_000_000)
    #expect(starts[2] - stage.results[1].ended == 2_000_000_000)
    #expect(stage.peer.connections == 1)
  }

  @Test("Pauses by chance stay within their range and come again with the seed")
  func chance() throws {
    let range = Duration.milliseconds(10)...(.milliseconds(900))
    func pauses() throws -> [Int64] {
      let results = try run(Self.transactions(1...20), think: range).results
      return zip(results.dropFirst(), results).map { $0.started - $1.ended }
    }
    let pauses = try pauses()
    #expect(pauses.allSatisfy { (10_000_000...900_000_000).contains($0) })
    #expect(Set(pauses).count > 10)
    #expect(try self.pausesAgain(range) == pauses)
  }

  private func pausesAgain(_ range: ClosedRange<Duration>) throws -> [Int64] {
    let results = try run(Self.transactions(1...20), think: range).results
    return zip(results.dropFirst(), results).map { $0.started - $1.ended }
  }

  @Test("A connection that is not used again is left before the pause, not after it")
  func leavesFirst() throws {
    let stage = try run(
      [.transaction(number: 1, intended: nil), .reconnect(number: 2, intended: nil)],
      think: .seconds(60)...(.seconds(60)))
    #expect(stage.results.count == 2 && stage.peer.connections == 2)
    let sessions = stage.actions.compactMap { action -> Int64? in
      if case .measured(.session, let nanoseconds) = action { nanoseconds } else { nil }
    }
    #expect(sessions.count == 2 && sessions.allSatisfy { $0 < 1_000_000_000 })
  }

  @Test("A session that is stopped while it thinks ends at once, with no message begun")
  func cancel() throws {
    let stage = try run(
      Self.transactions(1...2), think: .seconds(600)...(.seconds(600)), seconds: 10)
    #expect(stage.ending == nil)
    stage.cancel()
    stage.continueRunning(seconds: 10)
    #expect(stage.ending == .cancelled)
    #expect(stage.results.map(\.number) == [1])
    #expect(stage.peer.commands.last == "QUIT")
  }
}
