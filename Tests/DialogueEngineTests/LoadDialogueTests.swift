// SPDX-License-Identifier: Apache-2.0
//
// Repeated transactions: moves, results, times, and what is told to the owner.

import DialogueEngine
import MailContent
import SMTPWire
import ScenarioLanguage
import Testing

@Suite("A dialogue under load")
struct LoadDialogueTests {
  static let steps = envelope + [sendMessage(1000)]

  private func run(
    _ moves: [SessionMove], peer: ScriptedPeer = ScriptedPeer(), steps: [Instruction] = steps
  ) throws -> Stage {
    let stage = try Stage(
      session(steps), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = moves
    stage.run()
    return stage
  }

  @Test("Transactions follow each other on one connection, with times and octets")
  func reuse() throws {
    let stage = try run((1...5).map { .transaction(number: $0, intended: nil) })
    #expect(stage.results.map(\.outcome) == Array(repeating: .accepted, count: 5))
    #expect(stage.results.map(\.position) == [1, 2, 3, 4, 5])
    #expect(stage.results.map(\.number) == [1, 2, 3, 4, 5])
    #expect(stage.results.allSatisfy { $0.octets == 1000 && $0.code == 250 })
    #expect(stage.results.allSatisfy { $0.ended - $0.started == 8_000_000 })
    #expect(stage.peer.connections == 1)
    #expect(stage.ending == .finished)
    #expect(stage.record.steps.isEmpty && stage.record.transcript.isEmpty)
  }

  @Test("Every phase is measured once, and every reply told")
  func measuring() throws {
    let stage = try run([.transaction(number: 1, intended: nil)])
    var phases: [Phase: Int64] = [:]
    var replies: [Phase: UInt16] = [:]
    for action in stage.actions {
      if case .measured(let phase, let nanoseconds) = action {
        #expect(phases[phase] == nil)
        phases[phase] = nanoseconds
      }
      if case .replied(let code, _, let phase) = action { replies[phase] = code }
    }
    #expect(
      Set(phases.keys) == [
        .connect, .greeting, .ehlo, .mail, .rcpt, .data, .body, .transaction, .quit, .session,
      ])
    #expect(phases[.mail] == 2_000_000)
    #expect(phases[.transaction] == 8_000_000)
    #expect(
      replies == [
        .greeting: 220, .ehlo: 250, .mail: 250, .rcpt: 250, .data: 354, .body: 250, .quit: 221,
      ])
  }

  @Test("F147: the intended start of an open model comes back with the result")
  func intendedStart() throws {
    let intended = Instant(nanoseconds: 42)
    let stage = try run([.transaction(number: 9, intended: intended)])
    #expect(stage.results.first?.intended == intended)
  }

  @Test("Finishing at once connects, says EHLO and QUIT")
  func connectAndLeave() throws {
    let stage = try run([])
    #expect(stage.peer.commands == ["EHLO client.test", "QUIT"])
    #expect(stage.results.isEmpty)
    #expect(stage.ending == .finished)
  }

  @Test("A parked session waits without a limit")
  func parking() throws {
    let stage = try run([.park])
    #expect(stage.ending == nil)
    #expect(stage.now.nanoseconds < 2_000_000_000)
    stage.moves = []
    stage.resume(.transaction(number: 7, intended: nil))
    stage.continueRunning()
    #expect(stage.results.map(\.number) == [7])
    #expect(stage.ending == .finished)
  }

  @Test("A teardown of the script runs at the end of every connection")
  func teardown() throws {
    let stage = try Stage(
      session(Self.steps, teardown: [send("NOOP bye"), send("QUIT", "221")]),
      settings: DialogueSettings(mode: .load))
    stage.moves = [
      .transaction(number: 1, intended: nil), .reconnect(number: 2, intended: nil),
    ]
    stage.run()
    #expect(stage.peer.commands.filter { $0 == "NOOP bye" }.count == 2)
    #expect(stage.peer.commands.filter { $0 == "QUIT" }.count == 2)
  }

  @Test("Variables differ from session to session and message to message")
  func variables() throws {
    let command = send(
      Template(pieces: [
        .octets(Array("MAIL FROM:<s".utf8)), .variable(.session), .octets(Array("m".utf8)),
        .variable(.message), .octets(Array("-".utf8)), .variable(.random(6)),
        .octets(Array("@".utf8)), .variable(.feed("domain")), .octets(Array(">\r\n".utf8)),
      ]), phase: .mail)
    let feed = Feed(
      columns: ["domain"], rows: [[Array("one.test".utf8)], [Array("two.test".utf8)]],
      order: .sequential)
    let settings = DialogueSettings(mode: .load, feed: feed)
    let stage = try Stage(
      session([command, send("RSET")]), settings: settings, session: 12)
    stage.moves = (1...3).map { .transaction(number: $0, intended: nil) }
    stage.run()
    let mails = stage.peer.commands.filter { $0.hasPrefix("MAIL") }
    #expect(mails.count == 3)
    for (mail, (number, domain)) in zip(mails, [(1, "one"), (2, "two"), (3, "one")]) {
      #expect(mail.hasPrefix("MAIL FROM:<s12m\(number)-"))
      #expect(mail.hasSuffix("@\(domain).test>"))
    }
    let again = try Stage(session([command, send("RSET")]), settings: settings, session: 12)
    again.moves = (1...3).map { .transaction(number: $0, intended: nil) }
    again.run()
    #expect(again.peer.commands == stage.peer.commands)
  }

  @Test("A large message goes out in portions that wait for the system")
  func portions() throws {
    let stage = try run(
      [.transaction(number: 1, intended: nil)], steps: envelope + [sendMessage(1_000_000)])
    #expect(stage.results.map(\.outcome) == [.accepted])
    #expect(stage.writes.allSatisfy { $0.count <= 65_536 })
    let reports = stage.actions.filter {
      if case .writeAndReport = $0 { true } else { false }
    }
    #expect(reports.count >= 15)
  }

  @Test(
    "F148: a load goes on behind each refusal, classed by the reply that decided it",
    arguments: [
      ("MAIL", "550 5.7.1 no", TransactionResult.Outcome.rejected, Phase.mail),
      ("MAIL", "450 4.2.0 later", .deferred, .mail), ("RCPT", "550 5.1.1 who", .rejected, .rcpt),
      ("DATA", "451 4.3.0 later", .deferred, .data), (".", "554 5.7.1 spam", .rejected, .body),
      (".", "452 4.2.2 full", .deferred, .body), ("MAIL", "354 what", .rejected, .mail),
    ])
  func refusals(
    verb: String, reply: String, outcome: TransactionResult.Outcome, stage phase: Phase
  ) throws {
    var peer = ScriptedPeer()
    peer.answers[verb] = [[.say(Array("\(reply)\r\n".utf8))]]
    let stage = try run(
      [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)], peer: peer)
    #expect(stage.results.map(\.outcome) == [outcome, .accepted])
    let first = try #require(stage.results.first)
    #expect(first.stage == phase)
    #expect(first.reason == reply)
    #expect(first.connectionIsOpen)
    #expect(first.code == UInt16(reply.prefix(3)))
    #expect(first.enhanced == EnhancedCode(parsing: Array(reply.utf8.dropFirst(4).prefix(5))))
    #expect(stage.peer.connections == 1)
    // RSET only where a transaction was left open.
    let isOpen = phase == .rcpt || phase == .data
    #expect(stage.peer.commands.contains("RSET") == isOpen)
  }

  @Test("A setup that ends in refusal or silence ends the session with its stage")
  func setupFailures() throws {
    let refused = try Stage(session(Self.steps), settings: DialogueSettings(mode: .load))
    refused.refusals = ["connection refused"]
    refused.run()
    #expect(
      refused.ending == .setupFailed(stage: .connect, code: 0, reason: "connection refused"))
    var peer = ScriptedPeer()
    peer.answers["EHLO"] = [[.nothing]]
    let silent = try run([], peer: peer)
    #expect(
      silent.ending == .setupFailed(stage: .ehlo, code: 0, reason: "no reply within 300 s"))
    #expect(silent.closings == [.full])
  }

  @Test("A silent target loses the message within the limit")
  func silence() throws {
    var peer = ScriptedPeer()
    peer.answers["DATA"] = [[.nothing]]
    let stage = try run([.transaction(number: 1, intended: nil)], peer: peer)
    #expect(stage.results.map(\.outcome) == [.lost])
    #expect(stage.results.first?.reason == "no reply within 120 s")
    #expect(stage.closings == [.full])
  }

  @Test("A surplus reply under load costs the transaction it is noticed in, not the session")
  func surplus() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["250 ok\r\n250 again\r\n"]]
    let stage = try run(
      [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)], peer: peer)
    #expect(stage.results.map(\.outcome) == [.lost, .accepted])
    #expect(stage.results.first?.reason?.hasPrefix("desync") == true)
    #expect(stage.peer.connections == 2)
  }

  @Test("Conditions beyond the code are held under load as well")
  func conditions() throws {
    var noop = send("NOOP")
    noop.expectation.conditions = [.text(contains: Array("fine".utf8))]
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 all FINE\r\n"], ["250 so so\r\n"]]
    let stage = try run(
      [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)], peer: peer,
      steps: [noop])
    #expect(stage.results.map(\.outcome) == [.accepted, .rejected])
  }

  @Test("Chunks under load: failing ones are followed by RSET (trap 30)")
  func chunks() throws {
    let step = Instruction(
      action: .bdat(
        .message(MessageSpec(size: .fixed(1000))), chunks: [400], last: true, pipelined: false),
      expectation: expect("2xx"), phase: .body, label: "bdat")
    var peer = ScriptedPeer()
    peer.answers["BDAT"] = [["451 4.3.0 later\r\n"]]
    let stage = try run(
      [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)], peer: peer,
      steps: Array(envelope.prefix(2)) + [step])
    #expect(stage.results.map(\.outcome) == [.deferred, .accepted])
    #expect(
      stage.peer.commands.filter { $0.hasPrefix("BDAT") || $0 == "RSET" } == [
        "BDAT 400", "RSET", "BDAT 400", "BDAT 400", "BDAT 200 LAST",
      ])
  }
}
