// SPDX-License-Identifier: Apache-2.0
//
// Field cases about replies and their pairing, by number: what the harness itself must do.

import DialogueEngine
import ScenarioLanguage
import Testing

@Suite("Field cases: replies and sequence")
struct FieldReplyTests {
  @Test("F001: nothing is said before the greeting's line is complete")
  func splitGreeting() throws {
    var peer = ScriptedPeer()
    peer.greeting = ["220 peer.test", .pause(5000), "\r\n"]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run(seconds: 4)
    #expect(stage.writes.isEmpty)
    let again = try Stage(session([send("NOOP")]), peer: peer)
    again.run()
    #expect(again.record.verdict == .pass)
  }

  @Test("F002, F003: a reply ends with its last line; its first octet is timed apart")
  func latencyToLastLine() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250-one\r\n250-", .pause(3000), "two\r\n250 three\r\n"]]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    let step = try #require(stage.record.steps.last)
    let first = try #require(step.firstOctetAt)
    #expect(first - step.sentAt < 10_000_000)
    #expect(step.nanoseconds > 3_000_000_000)
    #expect(stage.record.verdict == .pass)
  }

  @Test("F003, F015, F139: a teaser greeting is waited out in silence")
  func teaser() throws {
    var peer = ScriptedPeer()
    peer.greeting = ["220-peer.test teaser\r\n", .pause(25_000), "220 peer.test ready\r\n"]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    let greeting = stage.actions.compactMap { action -> Int64? in
      guard case .measured(.greeting, let nanoseconds) = action else { return nil }
      return nanoseconds
    }
    #expect(greeting.count == 1)
    #expect(try #require(greeting.first) > 25_000_000_000)
  }

  @Test("F004: a code without text ends a reply and is noted")
  func bareCode() throws {
    var peer = ScriptedPeer()
    peer.greeting = ["220-policy\r\n220\r\n"]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.kinds == [.malformedReply])
  }

  @Test("F007: the last line's code counts, the whole reply is kept")
  func mixedCodes() throws {
    var peer = ScriptedPeer()
    peer.greeting = ["220-peer.test\r\n521 5.7.1 blocked\r\n", .finish]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .inconclusive)
    #expect(stage.record.reason?.contains("521 5.7.1 blocked") == true)
    #expect(stage.record.kinds.contains(.malformedReply))
    #expect(stage.record.transcript.contains { $0.contains("220-peer.test") })
  }

  @Test(
    "F009: a bare LF inside a reply neither splits nor hangs it",
    arguments: [
      "550 5.7.1 first<LF>second\r\n", "550 5.7.1 only a LF<LF>",
    ])
  func bareLF(text: String) throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.say(Array(text.replacing("<LF>", with: "\n").utf8))]]
    let stage = try Stage(session([send("NOOP", "5xx"), send("RSET")]), peer: peer)
    stage.run()
    #expect(stage.record.verdicts == [.pass, .pass])
    #expect(stage.record.kinds == [.malformedReply])
    #expect(stage.now.nanoseconds < 20_000_000_000)
  }

  @Test("F010: a reply line without end is cut off with its own observation")
  func endlessLine() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.say(Array("250 ".utf8) + Array(repeating: 0x78, count: 200_000))]]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.kinds.contains(.unboundedReply))
    #expect(stage.closings.contains(.full))
    #expect(stage.ending == .finished)
  }

  @Test("F012: octets of any charset keep their code and are shown as escapes")
  func eightBit() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.say(Array("550 black (".utf8) + [0xB7, 0xA2] + Array(")\r\n".utf8))]]
    let stage = try Stage(session([send("NOOP", "550")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.transcript.contains { $0.contains("550 black (\\xb7\\xa2)") })
  }

  @Test(
    "F019: further replies to EHLO are dropped and reported, not given to MAIL",
    arguments: [
      0, 2,
    ])
  func surplusToHello(pause: Int) throws {
    var peer = ScriptedPeer()
    peer.hello = [
      "250 peer.test\r\n", .pause(pause), "250 SIZE 1000\r\n", .pause(pause), "250 PIPELINING\r\n",
    ]
    peer.answers["MAIL"] = [["251 really MAIL\r\n"]]
    let stage = try Stage(session([send("MAIL FROM:<a@client.test>", "251")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.kinds == [.surplusReply, .surplusReply])
  }

  @Test("A surplus reply in the dialogue is a desync with its own verdict")
  func surplus() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 ok\r\n250 and more\r\n"]]
    let stage = try Stage(session([send("NOOP"), send("RSET")]), peer: peer)
    stage.run()
    #expect(stage.record.desync == .surplus("250 and more"))
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.reason?.hasPrefix("desync") == true)
    #expect(!stage.peer.commands.contains("RSET"))
  }

  @Test("A surplus reply that comes late shows at QUIT by counting")
  func lateSurplus() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 ok\r\n", .pause(1), "250 late\r\n"]]
    let stage = try Stage(session([send("NOOP"), send("RSET")]), peer: peer)
    stage.run()
    guard case .surplus = stage.record.desync else {
      Issue.record("\(stage.record.transcript)")
      return
    }
    #expect(stage.record.verdict == .fail)
  }

  @Test(
    "What raw octets get beside the reply that was judged answers the next command, early or late",
    arguments: [0, 5])
  func spill(pause: Int) throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP\nNOOP"] = [["500 no\r\n", .pause(pause), "250 smuggled\r\n"]]
    let octets = Instruction(
      action: .write(octets("NOOP\nNOOP\r\n"), .plain), expectation: expect("pass 5xx"),
      phase: .other, label: "octets")
    let stage = try Stage(session([octets, send("QUIT", "pass 221; fail reply")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.steps.last { $0.label == "QUIT" }?.answer.description == "250 smuggled")
  }

  @Test("A reply that never comes is a desync that names the command")
  func missing() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.nothing]]
    let stage = try Stage(session([send("NOOP"), send("RSET")]), peer: peer)
    stage.run()
    #expect(stage.record.desync == .missing("NOOP"))
    #expect(stage.record.verdict == .fail)
    #expect(stage.peer.commands == ["EHLO client.test", "NOOP", "QUIT"])
    #expect(stage.ending == .finished)
  }

  @Test("F025: after a failed group RSET comes before the next MAIL")
  func resetAfterFailure() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["550 5.1.1 no\r\n"]]
    peer.answers["DATA"] = [["554 5.5.1 no recipients\r\n"]]
    let stage = try Stage(
      session([
        group(
          member("MAIL FROM:<a@client.test>", "250"), member("RCPT TO:<b@peer.test>", "250"),
          member("DATA", "354")), sendMessage(100),
      ]), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)]
    stage.run()
    #expect(
      stage.peer.commands == [
        "EHLO client.test", "MAIL FROM:<a@client.test>", "RCPT TO:<b@peer.test>", "DATA", "RSET",
        "MAIL FROM:<a@client.test>", "RCPT TO:<b@peer.test>", "DATA", ".", "QUIT",
      ])
    #expect(stage.results.map(\.outcome) == [.rejected, .accepted])
    #expect(stage.results.first?.code == 550)
    #expect(stage.results.first?.stage == .rcpt)
  }

  @Test("F021: a 354 that no accepted recipient stands behind gets a lone dot")
  func loneDot() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["550 5.1.1 no\r\n"]]
    peer.answers["."] = [["554 5.5.1 no valid recipients\r\n"]]
    let stage = try Stage(
      session([
        group(
          member("MAIL FROM:<a@client.test>", "250"), member("RCPT TO:<b@peer.test>", "250"),
          member("DATA", "354")), sendMessage(100),
      ]), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil)]
    stage.run()
    #expect(stage.peer.commands.suffix(3) == ["DATA", ".", "QUIT"])
    #expect(stage.results.map(\.outcome) == [.rejected])
    #expect(stage.peer.content.isEmpty)
  }

  @Test("F031: a 452 to one recipient does not stick; every recipient has its own outcome")
  func recipientOutcomes() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["250 ok\r\n"], ["452 4.5.3 too many\r\n"], ["250 ok\r\n"]]
    let commands = group(
      member("MAIL FROM:<a@client.test>", "2xx"), member("RCPT TO:<a@peer.test>", "2xx"),
      member("RCPT TO:<b@peer.test>", "2xx|4xx"), member("RCPT TO:<c@peer.test>", "2xx"),
      member("DATA", "354"))
    let stage = try Stage(session([commands, sendMessage(100)]), peer: peer)
    stage.run()
    #expect(stage.record.verdicts.count == 6)
    let answers = stage.record.steps.filter { $0.member != nil }.map(\.answer.description)
    #expect(answers == ["250 2.0.0 ok", "250 ok", "452 4.5.3 too many", "250 ok", "354 go ahead"])
    #expect(stage.record.verdict == .pass)
  }

  @Test("F031: in a load a partly refused message is accepted and the refusals are counted")
  func partialRefusal() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["250 ok\r\n"], ["452 4.5.3 too many\r\n"]]
    let stage = try Stage(
      session([
        send("MAIL FROM:<a@client.test>"), send("RCPT TO:<a@peer.test>"),
        send("RCPT TO:<b@peer.test>"), send("DATA", "354"), sendMessage(100),
      ]), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil)]
    stage.run()
    let result = try #require(stage.results.first)
    #expect(result.outcome == .accepted)
    #expect(result.refusedRecipients == 1)
  }

  @Test("F033: without PIPELINING a load falls back to lock step and says so")
  func lockStep() throws {
    var peer = ScriptedPeer()
    peer.hello = ["250 peer.test\r\n"]
    let steps = [
      group(
        member("MAIL FROM:<a@client.test>", "250"), member("RCPT TO:<b@peer.test>", "250"),
        member("DATA", "354")), sendMessage(100),
    ]
    let stage = try Stage(session(steps), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil)]
    stage.run()
    #expect(stage.results.first?.outcome == .accepted)
    #expect(stage.results.first?.fellBackToLockStep == true)
    #expect(
      stage.peer.segments.prefix(4).map { $0.split(separator: 13).count - 1 } == [1, 1, 1, 1])

    let pipelined = try Stage(session(steps), settings: DialogueSettings(mode: .load))
    pipelined.moves = [.transaction(number: 1, intended: nil)]
    pipelined.run()
    #expect(pipelined.results.first?.fellBackToLockStep == false)
    #expect(
      pipelined.peer.segments.dropFirst().first.map { $0.split(separator: 13).count - 1 } == 3)
  }

  @Test("F034: the next command waits for the reply to the last one")
  func lockStepByDefault() throws {
    let stage = try Stage(session(envelope + [sendMessage(10)]))
    stage.run()
    for segment in stage.peer.segments.prefix(4) {
      #expect(segment.filter { $0 == 13 }.count == 1)
    }
  }

  @Test("F047: a refused EHLO is not followed by HELO")
  func noFallbackToHelo() throws {
    var peer = ScriptedPeer()
    peer.hello = ["550 5.7.1 denied\r\n"]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .inconclusive)
    #expect(stage.peer.commands == ["EHLO client.test", "QUIT"])
  }

  @Test(
    "F051: a write is cut where the script says, one write a segment",
    arguments: [
      (Cut.everyOctet, 6), (.insideLineEnds, 2), (.after([2, 5]), 3), (.whole, 1),
    ])
  func cutting(cut: Cut, segments: Int) throws {
    let stage = try Stage(
      session([write("NOOP\r\n", "250", shape: WriteShape(cut: cut))], start: .greeted))
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.writes.dropLast().count == segments)
    #expect(Array(stage.writes.dropLast().joined()) == Array("NOOP\r\n".utf8))
  }

  @Test("Drip-fed replies read the same")
  func drip() throws {
    let stage = try Stage(session(envelope + [sendMessage(100)]))
    stage.dripsBy = 1
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.observations.isEmpty)
  }

  @Test("A target that floods unasked replies meets a bound")
  func flood() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [
      [.say(Array(repeatElement(Array("250 x\r\n".utf8), count: 10_000).joined()))]
    ]
    let stage = try Stage(session([send("NOOP"), send("RSET")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.ending == .finished)
    #expect(stage.record.transcript.count <= Transcript.largestLineCount + 1)
  }

  @Test("A target that never answers anything ends in a defined outcome")
  func neverAnswers() throws {
    var peer = ScriptedPeer()
    peer.greeting = [.nothing]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.ending != nil)
    #expect(stage.record.verdict == .inconclusive)
    let noConnect = try Stage(session([send("NOOP")]))
    noConnect.ignoresConnect = true
    noConnect.run()
    #expect(noConnect.record.verdict == .inconclusive)
    #expect(noConnect.closings == [.full])
  }
}
