// SPDX-License-Identifier: Apache-2.0
//
// Field cases about messages, by number: what the harness itself must do.

import DialogueEngine
import MailContent
import ScenarioLanguage
import Testing

@Suite("Field cases: messages")
struct FieldDataTests {
  @Test("F049: a message of nothing but an empty line is answered")
  func emptyLine() throws {
    var spec = MessageSpec()
    spec.octets = [13, 10]
    let message = Instruction(
      action: .message(spec, .plain), expectation: expect("2xx"), phase: .body, label: "message")
    let stage = try Stage(session(envelope + [message]))
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.peer.content == Array("\r\n.\r\n".utf8))
  }

  @Test("F049: a message that gets no reply is a missing reply, not a hang")
  func unanswered() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [[.nothing]]
    let stage = try Stage(session(envelope + [sendMessage(10)]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.kinds == [.missingReply])
    #expect(stage.record.steps.last?.answer.description == "no reply within 600 s")
  }

  @Test("F053, F055, F059: any octets arrive as they are, dots stuffed at line starts only")
  func stuffing() throws {
    var content = Array(".first\r\nabc\u{0}def\r\n..\r\n".utf8)
    content += Array(repeating: 0x61, count: 70_000) + Array(".b\r\n.".utf8) + [0xFF, 13, 10]
    var spec = MessageSpec()
    spec.octets = content
    let message = Instruction(
      action: .message(spec, .plain), expectation: expect("2xx"), phase: .body, label: "message")
    let stage = try Stage(session(envelope + [message]))
    stage.run()
    var lines = stage.peer.content.dropLast(3).split(
      separator: 10, omittingEmptySubsequences: false)
    lines = lines.map { $0.first == 0x2E ? $0.dropFirst() : $0 }
    #expect(Array(lines.joined(separator: [10])) == content)
    #expect(stage.writes.filter { $0.count > 1000 }.count == 2)
  }

  @Test("F057: BDAT counts and sends raw octets", arguments: [false, true])
  func chunks(pipelined: Bool) throws {
    var spec = MessageSpec()
    spec.octets = Array("first\r\n..dots\r\n.\r\n\u{0}end\r\n".utf8)
    let size = try #require(spec.octets).count
    let step = Instruction(
      action: .bdat(.message(spec), chunks: [5, 0, size - 5], last: true, pipelined: pipelined),
      expectation: expect("2xx"), phase: .body, label: "bdat")
    let stage = try Stage(session(Array(envelope.prefix(2)) + [step]))
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(
      stage.peer.commands.filter { $0.hasPrefix("BDAT") } == [
        "BDAT 5", "BDAT 0", "BDAT \(size - 5) LAST",
      ])
    #expect(stage.peer.content == spec.octets)
    guard case .replies(let replies) = stage.record.steps.last?.answer else {
      Issue.record("no replies")
      return
    }
    #expect(replies.count == 3)
  }

  @Test("A refused chunk stops the others")
  func refusedChunk() throws {
    var peer = ScriptedPeer()
    peer.answers["BDAT"] = [["503 5.5.1 no\r\n"]]
    let step = Instruction(
      action: .bdat(.octets(octets("0123456789")), chunks: [4], last: true, pipelined: false),
      expectation: expect("pass 503; warn 5xx"), phase: .body, label: "bdat")
    let stage = try Stage(session([step, send("RSET")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.peer.commands == ["EHLO client.test", "BDAT 4", "RSET", "QUIT"])
  }

  @Test("Raw octets as the content of a message have one answer; a second one is not lost")
  func rawContent() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [["250 2.0.0 taken\r\n500 5.5.1 what\r\n"]]
    let wait = Instruction(action: .wait(.seconds(1)), label: "wait")
    let steps = envelope + [write("text\r\n.\r\n", "2xx"), wait, send("NOOP")]
    let stage = try Stage(session(steps), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.steps.last?.answer.description == "500 5.5.1 what")
  }

  @Test("LMTP: raw octets as content are answered once for every accepted recipient")
  func rawContentOfLMTP() throws {
    var peer = ScriptedPeer()
    peer.isLMTP = true
    let steps = [
      send("MAIL FROM:<a@client.test>"), send("RCPT TO:<b@peer.test>"),
      send("RCPT TO:<c@peer.test>"), send("DATA", "354"), write("text\r\n.\r\n", "2xx"),
      send("NOOP"),
    ]
    let stage = try Stage(session(steps, isLMTP: true), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.kinds == [])
  }

  @Test("F060: an early reply is kept, the message is finished, the reply to the dot is the answer")
  func earlyReplies() throws {
    var peer = ScriptedPeer()
    peer.duringMessage = [
      (40_000, ["552 5.3.4 too much\r\n"]), (100_000, ["552 5.3.4 too much\r\n"]),
    ]
    let stage = try Stage(session(envelope + [sendMessage(200_000, "2xx")]), peer: peer)
    stage.run()
    #expect(stage.record.kinds == [.replyDuringData, .replyDuringData])
    #expect(stage.record.steps.last?.answer.description == "250 2.0.0 taken")
    #expect(stage.peer.commands.suffix(2) == [".", "QUIT"])
  }

  @Test("F061: an early reply that stays the only one is used and named")
  func earlyAndOnly() throws {
    var peer = ScriptedPeer()
    peer.duringMessage = [(40_000, ["250 2.0.0 queued\r\n"])]
    peer.answers["."] = [[.nothing]]
    let stage = try Stage(session(envelope + [sendMessage(200_000, "2xx")]), peer: peer)
    stage.run()
    #expect(stage.record.kinds == [.replyDuringData, .onlyReplyDuringData])
    #expect(stage.now.nanoseconds < 30_000_000_000)
  }

  @Test(
    "F069, F083: a reply and the end in the middle of a message are its answer",
    arguments: [
      "500 5.5.2 line too long\r\n", "421 4.3.2 shutting down\r\n",
    ], [PeerAction.finish, .reset])
  func cutOff(reply: String, end: PeerAction) throws {
    var peer = ScriptedPeer()
    peer.duringMessage = [(70_000, [.say(Array(reply.utf8)), end])]
    let stage = try Stage(
      session(envelope + [sendMessage(1_000_000, "pass 421|5xx")]), peer: peer)
    stage.run()
    let step = try #require(stage.record.steps.last)
    #expect(step.verdict == .pass)
    #expect(step.answer.description == reply.dropLast())
    #expect(step.octetsSent > 0 && step.octetsSent < 500_000)
    #expect(stage.record.kinds.contains(.replyDuringData))
  }

  @Test("F083: in a load the early reply is the cause, with the octets sent")
  func cutOffInLoad() throws {
    var peer = ScriptedPeer()
    peer.duringMessage = [(70_000, ["421 4.3.2 shutting down\r\n", .reset])]
    let stage = try Stage(
      session(envelope + [sendMessage(1_000_000)]), peer: peer,
      settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil)]
    stage.run()
    let result = try #require(stage.results.first)
    #expect(result.outcome == .throttled)
    #expect(result.code == 421)
    #expect(result.stage == .body)
    #expect(result.reason == "421 4.3.2 shutting down")
    #expect(!result.connectionIsOpen)
  }

  @Test("F064: in a load SIZE goes only to a target that offers it", arguments: [true, false])
  func sizeParameter(offered: Bool) throws {
    var peer = ScriptedPeer()
    peer.hello = offered ? ["250-peer.test\r\n250 SIZE 9999\r\n"] : ["250 peer.test\r\n"]
    let mail = send(
      Template(pieces: [
        .octets(Array("MAIL FROM:<a@client.test> SIZE=".utf8)), .variable(.messageSize),
        .octets([13, 10]),
      ]), phase: .mail)
    let stage = try Stage(
      session([mail, send("RCPT TO:<b@peer.test>"), send("DATA", "354"), sendMessage(1234)]),
      peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil)]
    stage.run()
    #expect(
      stage.peer.commands[1] == "MAIL FROM:<a@client.test>" + (offered ? " SIZE=1234" : ""))
  }

  @Test("F066: every command ends in CRLF and holds no other line end")
  func lineEnds() throws {
    let stage = try Stage(session(envelope + [sendMessage(3000)]))
    stage.run()
    for segment in stage.peer.segments {
      for place in segment.indices where segment[place] == 10 {
        #expect(place > 0 && segment[place - 1] == 13)
      }
      #expect(segment.suffix(2) == [13, 10])
    }
  }

  @Test("LMTP: the dot is answered once for every accepted recipient (trap 71)")
  func lmtp() throws {
    var peer = ScriptedPeer()
    peer.isLMTP = true
    peer.answers["RCPT"] = [["250 ok\r\n"], ["550 no\r\n"], ["250 ok\r\n"]]
    let stage = try Stage(
      session(
        [
          send("MAIL FROM:<a@client.test>"), send("RCPT TO:<a@peer.test>"),
          send("RCPT TO:<b@peer.test>", "5xx"), send("RCPT TO:<c@peer.test>"),
          send("DATA", "354"), sendMessage(100), send("RSET"),
        ], isLMTP: true), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(
      stage.record.steps.first { $0.label == "message" }?.answer.description
        == "250 2.0.0 recipient 1; 250 2.0.0 recipient 2")
    #expect(stage.record.observations.isEmpty)
  }

  @Test("LMTP: one refused recipient at the dot does not lose the message")
  func lmtpPartial() throws {
    var peer = ScriptedPeer()
    peer.isLMTP = true
    peer.answers["."] = [["450 4.2.2 full\r\n", "250 2.0.0 ok\r\n"]]
    let stage = try Stage(
      session(
        [
          send("MAIL FROM:<a@client.test>"), send("RCPT TO:<a@peer.test>"),
          send("RCPT TO:<b@peer.test>"), send("DATA", "354"), sendMessage(100),
        ], isLMTP: true), peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = [.transaction(number: 1, intended: nil), .transaction(number: 2, intended: nil)]
    stage.run()
    #expect(stage.results.map(\.outcome) == [.accepted, .accepted])
    #expect(stage.results.map(\.refusedRecipients) == [1, 0])
  }

  @Test("LMTP: BDAT LAST without recipients is owed no reply (trap 71)")
  func lmtpChunkWithoutRecipients() throws {
    var peer = ScriptedPeer()
    peer.isLMTP = true
    let step = Instruction(
      action: .bdat(.octets(octets("late\r\n")), chunks: [], last: true, pipelined: false),
      phase: .body, label: "bdat")
    let stage = try Stage(session([step, send("RSET")], isLMTP: true), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.desync == nil)
  }

  @Test("A paced message keeps its pace, stops when its time is over, and is cut off by a 421")
  func pacing() throws {
    let shape = WriteShape(
      pace: .init(octets: 1, every: .seconds(5)), limit: .seconds(60))
    let slow = try Stage(
      session(
        envelope + [sendMessage(65_536, "pass 421|4xx|5xx|close; warn silence", shape: shape)]))
    slow.run()
    #expect(slow.record.verdict == .warn)
    #expect(slow.record.steps.last?.octetsSent == 12)
    #expect(slow.now.nanoseconds < 64_000_000_000)
    #expect(slow.closings == [.full])

    var peer = ScriptedPeer()
    peer.duringMessage = [(5, ["421 4.4.2 too slow\r\n", .finish])]
    let cut = try Stage(
      session(
        envelope + [sendMessage(65_536, "pass 421|4xx|5xx|close; warn silence", shape: shape)]),
      peer: peer)
    cut.run()
    #expect(cut.record.verdict == .pass)
    #expect(cut.record.steps.last?.octetsSent == 5)
  }

  @Test("A target that takes no octets is given up after the limit for a block")
  func stalled() throws {
    let stage = try Stage(session(envelope + [sendMessage(1_000_000)]))
    stage.neverDrains = true
    stage.run()
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.steps.last?.answer.description.contains("took no octet") == true)
    #expect(stage.closings == [.full])
  }

  @Test("A long message is shown with its middle left out")
  func elision() throws {
    let stage = try Stage(session(envelope + [sendMessage(500_000)]))
    stage.run()
    #expect(stage.record.transcript.count < 500)
    #expect(stage.record.transcript.contains { $0.contains("octets left out") })
    #expect(stage.record.transcript.joined().utf8.count < 100_000)
  }
}
