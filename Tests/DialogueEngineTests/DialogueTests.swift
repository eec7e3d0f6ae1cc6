// SPDX-License-Identifier: Apache-2.0
//
// The ordinary way of a dialogue, and how answers are judged.

import DialogueEngine
import ScenarioLanguage
import Testing

@Suite("A dialogue")
struct DialogueTests {
  @Test("A transaction of commands, a message and QUIT passes")
  func transaction() throws {
    let stage = try Stage(session(envelope + [sendMessage()]))
    stage.run()
    #expect(stage.ending == .finished)
    #expect(stage.record.verdict == .pass)
    #expect(
      stage.peer.commands == [
        "EHLO client.test", "MAIL FROM:<a@client.test>", "RCPT TO:<b@peer.test>", "DATA", ".",
        "QUIT",
      ])
    #expect(stage.record.observations.isEmpty)
    #expect(stage.record.steps.count == 6)
    #expect(stage.peer.content.count >= 1000)
  }

  struct Answered: Sendable, CustomTestStringConvertible {
    var expectation: String
    var reply: String
    var verdict: Verdict?
    var testDescription: String { "\(expectation) <- \(reply.dropLast())" }
  }

  @Test(
    "The most specific pattern decides; uncovered 4yz and 421 are inconclusive, the rest fails",
    arguments: [
      Answered(expectation: "2xx", reply: "250 ok\r\n", verdict: .pass),
      Answered(expectation: "pass 250; warn 2xx", reply: "250 ok\r\n", verdict: .pass),
      Answered(expectation: "pass 250; warn 2xx", reply: "252 ok\r\n", verdict: .warn),
      Answered(expectation: "pass 55x; info 5xx", reply: "551 no\r\n", verdict: .pass),
      Answered(
        expectation: "pass 503|554; warn 5xx; fail 354", reply: "354 go\r\n", verdict: .fail),
      Answered(expectation: "pass 5xx; fail 421", reply: "421 no\r\n", verdict: .fail),
      Answered(expectation: "2xx", reply: "421 later\r\n", verdict: .inconclusive),
      Answered(expectation: "2xx", reply: "451 later\r\n", verdict: .inconclusive),
      Answered(expectation: "2xx", reply: "550 no\r\n", verdict: .fail),
      Answered(expectation: "5xx", reply: "250 ok\r\n", verdict: .fail),
      Answered(expectation: "2xx", reply: "HTTP/1.1 400 Bad Request\r\n", verdict: .fail),
      Answered(expectation: "reply", reply: "599 what\r\n", verdict: .pass),
      Answered(expectation: "pass 2xx; next 5xx", reply: "500 no\r\n", verdict: nil),
    ])
  func judging(_ answered: Answered) throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.say(Array(answered.reply.utf8))]]
    let stage = try Stage(session([send("NOOP", answered.expectation)]), peer: peer)
    stage.run()
    #expect(stage.record.verdicts == [answered.verdict], "\(stage.record.transcript)")
    #expect(stage.ending == .finished)
  }

  @Test("A failed step ends the dialogue, a warning does not")
  func failedStep() throws {
    var peer = ScriptedPeer()
    peer.answers["MAIL"] = [["252 odd\r\n"]]
    peer.answers["RCPT"] = [["550 5.1.1 no\r\n"]]
    let stage = try Stage(
      session([
        send("MAIL FROM:<a@client.test>", "pass 250; warn 2xx"), send("RCPT TO:<b@peer.test>"),
        send("DATA", "354"),
      ]), peer: peer)
    stage.run()
    #expect(stage.record.verdicts == [.warn, .fail])
    #expect(stage.record.verdict == .fail)
    #expect(stage.peer.commands.last == "QUIT")
    #expect(!stage.peer.commands.contains("DATA"))
  }

  @Test("In a map with a next, every other verdict decides and ends the dialogue")
  func deciding() throws {
    let stage = try Stage(
      session([send("NOOP", "pass 2xx; next 5xx"), send("RSET", "fail 2xx")]))
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.record.verdicts == [.pass])
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["500 no\r\n"]]
    let other = try Stage(
      session([send("NOOP", "pass 2xx; next 5xx"), send("RSET", "fail 2xx")]), peer: peer)
    other.run()
    #expect(other.record.verdict == .fail)
  }

  @Test(
    "A start state that is not reached is inconclusive and says why",
    arguments: [
      "421 4.3.2 down\r\n", "554 5.7.1 not you\r\n",
    ])
  func startState(greeting: String) throws {
    var peer = ScriptedPeer()
    peer.greeting = [.say(Array(greeting.utf8))]
    let stage = try Stage(session([send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .inconclusive)
    let reason = try #require(stage.record.reason)
    #expect(reason.contains(greeting.dropLast()))
    guard case .setupFailed(let phase, let code, _) = stage.ending else {
      Issue.record("\(String(describing: stage.ending))")
      return
    }
    #expect(phase == .greeting)
    #expect(code == UInt16(greeting.prefix(3)))
  }

  @Test("A refused connection is inconclusive with the system's words")
  func refused() throws {
    let stage = try Stage(session([send("NOOP")]))
    stage.refusals = ["connection refused"]
    stage.run()
    #expect(stage.record.verdict == .inconclusive)
    #expect(stage.record.reason?.contains("connection refused") == true)
  }

  @Test("A scripted connect may expect to be refused")
  func expectedRefusal() throws {
    let connect = Instruction(
      action: .connect(source: nil), expectation: expect("refused"), phase: .connect,
      label: "connect")
    let stage = try Stage(session([connect], start: .nothing))
    stage.refusals = ["connection refused"]
    stage.run()
    #expect(stage.record.verdict == .pass)
  }

  @Test("A connection lost under a step is inconclusive, unless the script says close")
  func lost() throws {
    for (expectation, verdict) in [("2xx", Verdict.inconclusive), ("pass close; fail 2xx", .pass)] {
      for end in [PeerAction.finish, .reset, .truncate] {
        var peer = ScriptedPeer()
        peer.answers["NOOP"] = [[end]]
        let stage = try Stage(session([send("NOOP", expectation)]), peer: peer)
        stage.run()
        #expect(stage.record.verdict == verdict)
        #expect(
          stage.record.steps.last?.answer.description.contains("closed by the target") == true
            || stage.record.steps.last?.answer.description.contains("reset") == true)
      }
    }
  }

  @Test("Silence is waited for, and a reply breaks it")
  func silence() throws {
    let quiet = try Stage(
      session([reading("silence", within: .seconds(1)), send("NOOP")]))
    quiet.run()
    #expect(quiet.record.verdicts == [.pass, .pass])

    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 ok\r\n", .pause(300), "250 again\r\n"]]
    let loud = try Stage(
      session([send("NOOP"), reading("pass silence; fail 2xx", within: .seconds(1))]), peer: peer)
    loud.run()
    #expect(loud.record.verdicts == [.pass, .fail])
  }

  @Test("One reply and two replies are told apart by waiting", arguments: [1, 2])
  func counting(replies: Int) throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [
      replies == 1 ? ["250 ok\r\n"] : ["250 ok\r\n", .pause(900), "250 ok\r\n"]
    ]
    let stage = try Stage(
      session([
        send("NOOP", "pass one reply; fail two replies", within: .seconds(3)), send("RSET"),
      ]), peer: peer)
    stage.run()
    #expect(stage.record.verdicts == (replies == 1 ? [.pass, .pass] : [.fail]))
  }

  @Test("A write is followed by the reading step that asks for its reply")
  func writing() throws {
    let stage = try Stage(
      session([write("NOOP\r\nRSET\r\n"), reading("2xx"), reading("250"), send("NOOP")]))
    stage.run()
    #expect(stage.record.verdicts == [.pass, .pass, .pass])
    #expect(stage.record.observations.isEmpty)
  }

  @Test("A command whose reply nobody asks for still owns it")
  func unjudged() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 first\r\n"]]
    peer.answers["RSET"] = [["550 second\r\n"]]
    let stage = try Stage(session([send("NOOP", nil), send("RSET", "5xx")]), peer: peer)
    stage.run()
    #expect(stage.record.verdicts == [.pass])
    let read = try Stage(
      session([send("NOOP", nil), reading("250"), send("RSET", "5xx")]), peer: peer)
    read.run()
    #expect(read.record.verdicts == [.pass, .pass])
  }

  @Test("Captures of one reply fill later commands")
  func captures() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 2.0.0 token=<abc> end\r\n"]]
    let capture = Capture(name: "token", source: .between("<", ">"))
    let stage = try Stage(
      session([
        send("NOOP", captures: [capture]),
        send(
          Template(pieces: [
            .octets(Array("VRFY ".utf8)), .variable(.captured("token")), .octets([13, 10]),
          ]), "5xx"),
      ]), peer: peer)
    stage.run()
    #expect(stage.peer.commands.contains("VRFY abc"))
  }

  @Test("F065: a captured value cannot make a second command")
  func injection() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 x<a\rMAIL FROM:<evil>\r\n"]]
    let capture = Capture(name: "token", source: .between("<", ""))
    let stage = try Stage(
      session([
        send("NOOP", captures: [capture]),
        send(
          Template(pieces: [
            .octets(Array("VRFY ".utf8)), .variable(.captured("token")), .octets([13, 10]),
          ]), "5xx"),
      ]), peer: peer)
    stage.run()
    #expect(!stage.peer.commands.contains { $0.hasPrefix("VRFY") || $0.hasPrefix("MAIL") })
    #expect(stage.record.verdict == .inconclusive)
  }

  @Test("Missing extensions skip the dialogue and name themselves")
  func skipping() throws {
    let needs = Instruction(
      action: .requireExtensions(["SIZE", "CHUNKING"]), label: "needs", origin: .harness)
    let stage = try Stage(session([send("NOOP")], setup: [needs]))
    stage.run()
    #expect(stage.record.verdict == .skipped)
    #expect(stage.ending == .skipped(reason: "the target does not offer CHUNKING"))
    #expect(stage.peer.commands.last == "QUIT")
  }

  @Test("Several connects in one dialogue part politely from each other")
  func reconnecting() throws {
    let connect = Instruction(action: .connect(source: nil), phase: .connect, label: "connect")
    let stage = try Stage(
      session([send("NOOP"), connect, reading("220", phase: .greeting), send("RSET")]))
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.peer.commands == ["EHLO client.test", "NOOP", "QUIT", "RSET", "QUIT"])
    #expect(stage.record.connections == 2)
  }

  @Test("A wait keeps what arrives meanwhile")
  func waiting() throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [["250 ok\r\n", .pause(2000), "421 4.4.2 idle\r\n", .finish]]
    let wait = Instruction(action: .wait(.seconds(10)), label: "wait")
    let stage = try Stage(session([send("NOOP"), wait, reading("pass 421|close")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    let last = try #require(stage.record.steps.last)
    #expect(last.answer.description.hasPrefix("421"))
  }

  @Test("A measured step reports its time by name")
  func measuring() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [[.pause(4000), "250 ok\r\n"]]
    let stage = try Stage(
      session(envelope + [sendMessage(1000, measure: "time-to-reply")]), peer: peer)
    stage.run()
    let time = try #require(stage.record.measured["time-to-reply"])
    #expect(time >= 4_000_000_000 && time < 4_100_000_000)
  }

  @Test("A connection is held as long as its schedule says")
  func holding() throws {
    let stage = try Stage(
      session([send("NOOP")], schedule: SessionSchedule(hold: .seconds(5))))
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.now.nanoseconds > 6_000_000_000)
    #expect(stage.peer.commands.last == "QUIT")
  }
}
