// SPDX-License-Identifier: Apache-2.0
//
// Field cases about ends of connections, 421 and reuse, by number.

import DialogueEngine
import ScenarioLanguage
import Testing

@Suite("Field cases: closing and reuse")
struct FieldClosingTests {
  static let transaction = envelope + [sendMessage(100)]

  private func load(
    _ peer: ScriptedPeer, _ moves: [SessionMove], steps: [Instruction] = transaction
  ) throws -> Stage {
    let stage = try Stage(
      session(steps), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = moves
    stage.run()
    return stage
  }

  @Test("F080: a 421 that was there before our command is an idle close, not the command's answer")
  func idleClose() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 ok\r\n", .pause(60_000), "421 4.4.2 timeout\r\n", .finish]]
    let wait = Instruction(action: .wait(.seconds(120)), label: "wait")
    let stage = try Stage(session([send("NOOP"), wait, send("RSET", "250")]), peer: peer)
    stage.run()
    #expect(stage.record.kinds == [.idleClose])
    #expect(stage.record.verdict == .inconclusive)
    #expect(stage.record.reason?.contains("421 4.4.2 timeout") == true)
    #expect(!stage.peer.commands.contains("RSET"))
    guard case .closed = stage.record.steps.last?.answer else {
      Issue.record("\(stage.record.transcript)")
      return
    }
  }

  @Test("F080: a parked session that was closed meanwhile opens another connection, no loss")
  func idleCloseInLoad() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [["250 ok\r\n", .pause(60_000), "421 4.4.2 timeout\r\n", .finish]]
    let stage = try load(peer, [.transaction(number: 1, intended: nil), .park])
    #expect(stage.results.map(\.outcome) == [.accepted])
    stage.moves = [.finish]
    stage.resume(.transaction(number: 2, intended: nil))
    stage.continueRunning()
    #expect(stage.results.map(\.outcome) == [.accepted, .accepted])
    #expect(stage.results.map(\.position) == [1, 1])
    #expect(stage.peer.connections == 2)
    #expect(stage.record.kinds == [.idleClose])
  }

  @Test(
    "A load that does not reopen at once after 421 is over where the next message was to begin",
    arguments: [ReopenPolicy.stop, .pause(.seconds(5))])
  func idleCloseWithPolicy(policy: ReopenPolicy) throws {
    for isParked in [false, true] {
      var peer = ScriptedPeer()
      peer.answers["."] = [
        isParked
          ? ["250 ok\r\n", .pause(60_000), "421 4.4.2 timeout\r\n", .finish]
          : ["250 ok\r\n421 4.4.2 timeout\r\n", .finish]
      ]
      var program = session(envelope + [sendMessage(100)])
      program.after421 = policy
      let stage = try Stage(program, peer: peer, settings: DialogueSettings(mode: .load))
      let second = SessionMove.transaction(number: 2, intended: nil)
      stage.moves = [.transaction(number: 1, intended: nil), isParked ? .park : second]
      stage.run()
      if isParked {
        stage.resume(second)
        stage.continueRunning()
      }
      #expect(stage.results.map(\.number) == [1] && stage.results[0].outcome == .accepted)
      #expect(stage.ending == .finished)
      #expect(stage.peer.connections == 1)
    }
  }

  @Test("421 in reply to the RSET behind a refusal ends the connection; the next has a fresh one")
  func closedAtReset() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["550 5.1.1 no\r\n"], ["250 ok\r\n"]]
    peer.answers["RSET"] = [["421 4.7.0 enough\r\n"]]
    let stage = try load(
      peer, [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)])
    #expect(stage.results.map(\.outcome) == [.rejected, .accepted])
    #expect(stage.results.map(\.connectionIsOpen) == [false, true])
    #expect(stage.peer.connections == 2)
  }

  @Test(
    "F081: 421 ends the connection at whatever verb, DATA among them",
    arguments: [
      "MAIL", "RCPT", "DATA", ".",
    ])
  func closedBy421(verb: String) throws {
    var peer = ScriptedPeer()
    peer.answers[verb] = [["421 4.3.2 shutting down\r\n", .pause(1000), .finish]]
    let stage = try load(peer, [.transaction(number: 1, intended: nil)])
    let result = try #require(stage.results.first)
    #expect(result.outcome == .throttled)
    #expect(result.code == 421)
    #expect(!result.connectionIsOpen)
    #expect(stage.closings == [.full])
    #expect(!stage.peer.commands.contains("QUIT"))

    let check = try Stage(session(Self.transaction), peer: peer)
    check.run()
    #expect(check.record.verdict == .inconclusive)
    #expect(check.record.kinds == [.closedBy421])
  }

  @Test("F082: a reply before the end is the reason, not the end")
  func reasonBeforeEnd() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["550 5.7.1 blocked\r\n", .reset]]
    let stage = try load(peer, [.transaction(number: 1, intended: nil)])
    #expect(stage.results.first?.outcome == .rejected)
    #expect(stage.results.first?.reason == "550 5.7.1 blocked")
  }

  @Test("F085: a scripted 421 that leaves the connection open lets the script go on")
  func goingOnAfter421() throws {
    var peer = ScriptedPeer()
    peer.answers["MAIL"] = [["421 too many\r\n"]]
    let stage = try Stage(
      session([
        send("MAIL FROM:<a@client.test>", "next 421|2xx"), send("NOOP", "pass close; fail 2xx"),
      ]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
  }

  @Test("F087: 421 at MAIL after messages says how many the connection held")
  func limitSaidWith421() throws {
    var peer = ScriptedPeer()
    peer.answers["MAIL"] = [
      ["250 ok\r\n"], ["250 ok\r\n"],
      ["421 Maximum message count per session reached\r\n", .finish],
    ]
    let stage = try load(
      peer,
      [
        .transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil),
        .transaction(number: 3, intended: nil), .reconnect(number: 3, intended: nil),
      ])
    #expect(stage.results.map(\.outcome) == [.accepted, .accepted, .throttled, .accepted])
    #expect(stage.results.map(\.position) == [1, 2, 3, 1])
    #expect(stage.results.map(\.stage) == [.transaction, .transaction, .mail, .transaction])
    #expect(stage.peer.connections == 2)
  }

  @Test(
    "F089: an unknown code is taken by its first digit, an impossible one is noted",
    arguments: [
      (432, TransactionResult.Outcome.deferred), (599, .rejected), (700, .rejected),
    ])
  func unknownCodes(code: Int, outcome: TransactionResult.Outcome) throws {
    var peer = ScriptedPeer()
    peer.answers["MAIL"] = [[.say(Array("\(code) odd\r\n".utf8))]]
    let stage = try load(peer, [.transaction(number: 1, intended: nil)])
    #expect(stage.results.map(\.outcome) == [outcome])
    let check = try Stage(session(Self.transaction), peer: peer)
    check.run()
    #expect(check.record.kinds.contains(.invalidCode) == (code == 700))
  }

  @Test(
    "F091: policy and limit codes are throttling",
    arguments: [
      ("450 4.7.1 quota exceeded", TransactionResult.Outcome.throttled),
      ("452 4.5.3 too many recipients", .throttled), ("450 4.2.1 busy", .deferred),
      ("451 later", .deferred), ("550 5.7.1 no", .rejected),
    ])
  func throttling(reply: String, outcome: TransactionResult.Outcome) throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [[.say(Array("\(reply)\r\n".utf8))]]
    let stage = try load(peer, [.transaction(number: 1, intended: nil)])
    #expect(stage.results.map(\.outcome) == [outcome])
    #expect(stage.results.first?.reason == reply)
  }

  @Test("F092: QUIT is said on every ordinary path", arguments: ["250", "550", "354"])
  func goodbye(expected: String) throws {
    let stage = try Stage(session([send("NOOP", expected)]))
    stage.run()
    #expect(stage.peer.commands.last == "QUIT")
  }

  @Test("F092: QUIT is waited for five seconds and no longer")
  func shortGoodbye() throws {
    var peer = ScriptedPeer()
    peer.answers["QUIT"] = [[.nothing]]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.now.nanoseconds < 7_000_000_000)
    #expect(stage.closings == [.full])
  }

  @Test("F092: in the middle of a message the connection is closed without QUIT")
  func noGoodbyeInMessage() throws {
    var peer = ScriptedPeer()
    peer.answers["DATA"] = [["354 go\r\n"]]
    let stage = try Stage(
      session(Array(envelope.prefix(2)) + [send("DATA", "fail 354")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.closings == [.full])
    #expect(stage.peer.content.isEmpty)
  }

  @Test("F094: an end without close_notify after QUIT and inside a reply are different facts")
  func truncation() throws {
    var polite = ScriptedPeer()
    polite.answers["QUIT"] = [["221 bye\r\n", .truncate]]
    let after = try Stage(session([send("NOOP")]), peer: polite)
    after.run()
    #expect(after.record.verdict == .pass)
    #expect(after.record.kinds == [.truncatedTLS])

    var rude = ScriptedPeer()
    rude.answers["NOOP"] = [["250-half a rep", .truncate]]
    let inside = try Stage(session([send("NOOP")]), peer: rude)
    inside.run()
    #expect(inside.record.verdict == .inconclusive)
    #expect(inside.record.kinds == [.endedInsideReply, .truncatedTLS])
    guard case .closed(.truncated) = inside.record.steps.last?.answer else {
      Issue.record("\(inside.record.transcript)")
      return
    }
  }

  @Test(
    "F096: oddities at QUIT do not touch the verdict",
    arguments: [
      [PeerAction.say(Array("500 what\r\n".utf8))], ["421 bye\r\n", .finish], [.finish], [.reset],
      ["221 bye\r\n"],
    ])
  func oddGoodbyes(actions: [PeerAction]) throws {
    var peer = ScriptedPeer()
    peer.answers["QUIT"] = [actions]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.ending == .finished)
    let harnessQuit = send("QUIT", "221", origin: .harness)
    let scripted = try Stage(session([send("NOOP")], teardown: [harnessQuit]), peer: peer)
    scripted.run()
    #expect(scripted.record.verdict == .pass)
    #expect(scripted.peer.commands.filter { $0 == "QUIT" }.count == 1)
  }

  @Test(
    "F097: an extra reply directly before the end is a closing notice, no desync",
    arguments: [
      "500 5.5.1 Too many errors\r\n", "421 4.7.0 Too many errors\r\n",
    ])
  func closingNotice(notice: String) throws {
    var peer = ScriptedPeer()
    peer.answers["FOO"] = [["500 5.5.2 what\r\n", .say(Array(notice.utf8)), .pause(5), .finish]]
    let stage = try Stage(
      session([send("FOO", "5xx"), send("NOOP", "pass close")]), peer: peer)
    stage.run()
    #expect(stage.record.desync == nil)
    #expect(stage.record.kinds == [.closingNotice], "\(stage.record.transcript)")
    #expect(stage.record.verdict == .pass)
  }

  @Test("F098: a 452 at MAIL with the connection kept is told with its place")
  func messageLimit() throws {
    var peer = ScriptedPeer()
    peer.answers["MAIL"] = [["250 ok\r\n"], ["452 4.5.3 Too many messages sent\r\n"]]
    let stage = try load(
      peer,
      [
        .transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil),
        .reconnect(number: 2, intended: nil),
      ])
    #expect(stage.results.map(\.outcome) == [.accepted, .throttled, .accepted])
    #expect(stage.results[1].connectionIsOpen)
    #expect(stage.results[1].position == 2)
    #expect(stage.peer.commands.filter { $0 == "QUIT" }.count == 2)
  }

  @Test(
    "A FIN and a RST of our own are told apart",
    arguments: [
      (CloseManner.fin, DialogueAction.Closing.full), (.rst, .reset),
      (.withoutCloseNotify, .withoutCloseNotify),
    ])
  func closing(manner: CloseManner, action: DialogueAction.Closing) throws {
    let close = Instruction(action: .close(manner), label: "close")
    let stage = try Stage(session([send("NOOP"), close]))
    stage.run()
    #expect(stage.closings == [action])
    #expect(stage.ending == .finished)
  }

  @Test("After a FIN of ours that a reading step follows, the peer is still heard")
  func halfClose() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.pause(1000), "250 ok\r\n", .finish]]
    let close = Instruction(action: .close(.fin), label: "close")
    let stage = try Stage(
      session([send("NOOP", nil), close, reading("250"), reading("close")]), peer: peer)
    stage.run()
    #expect(stage.closings == [.output])
    #expect(stage.record.verdict == .pass)
  }

  @Test("A session that cannot reach its start state ends with stage and code")
  func setupFailure() throws {
    var peer = ScriptedPeer()
    peer.greeting = ["554 5.7.1 no service\r\n"]
    let stage = try load(peer, [])
    #expect(
      stage.ending
        == .setupFailed(stage: .greeting, code: 554, reason: "554 5.7.1 no service"))
    #expect(stage.peer.commands == ["QUIT"])
  }

  @Test("A lost reply is a lost message, and the session can go on elsewhere")
  func lostMessage() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [[.reset]]
    let stage = try load(
      peer, [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)])
    #expect(stage.results.map(\.outcome) == [.lost, .accepted])
    #expect(stage.results.first?.stage == .body)
    #expect(stage.peer.connections == 2)
  }

  @Test("Cancelling ends politely and at once")
  func cancelling() throws {
    let stage = try load(ScriptedPeer(), [.park])
    #expect(stage.ending == nil)
    stage.cancel()
    stage.continueRunning()
    #expect(stage.ending == .cancelled)
    #expect(stage.peer.commands.last == "QUIT")
  }
}
