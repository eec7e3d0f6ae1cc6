// SPDX-License-Identifier: Apache-2.0
//
// Envelopes that go out with the content of the message before (RFC 2920 section 3.1).

import DialogueEngine
import MailContent
import SMTPWire
import ScenarioLanguage
import Testing

@Suite("The envelope of the next message with the content of this one")
struct AheadTests {
  static let pipeline = group(
    member("MAIL FROM:<a@b>", "2xx"), member("RCPT TO:<c@d>", "2xx"), member("DATA", "354"))

  private func run(
    messages: Int = 3, peer: ScriptedPeer = ScriptedPeer(),
    first: Instruction = pipeline, change: (Stage) -> Void = { _ in }
  ) throws -> Stage {
    var program = session([first, sendMessage(1000)])
    program.sendsAhead = true
    let stage = try Stage(program, peer: peer, settings: DialogueSettings(mode: .load))
    stage.moves = (1...messages).map { .transaction(number: $0, intended: nil) }
    change(stage)
    stage.run()
    return stage
  }

  private func holdsEnvelope(_ octets: [UInt8]) -> Bool {
    octets.count > 1000 && octets.suffix(6) == Array("DATA\r\n".utf8)[...]
  }

  @Test("Three messages take one round trip each, behind that of the first envelope")
  func oneWrite() throws {
    let stage = try run()
    #expect(stage.results.map(\.outcome) == [.accepted, .accepted, .accepted])
    #expect(stage.results.map(\.number) == [1, 2, 3])
    #expect(stage.results.map(\.position) == [1, 2, 3])
    #expect(stage.results.allSatisfy { $0.octets == 1000 && $0.code == 250 })
    // EHLO, the first envelope, three contents of which two have an envelope behind them, QUIT.
    #expect(stage.writes.count == 6)
    #expect(stage.writes.map(holdsEnvelope) == [false, false, true, true, false, false])
    #expect(stage.peer.commands.filter { $0 == "DATA" }.count == 3)
    #expect(stage.peer.connections == 1 && stage.ending == .finished)
  }

  @Test("Times count from when the octets went out")
  func times() throws {
    let stage = try run(messages: 2)
    // The first: two round trips of 2 ms. The second: its envelope took the first's last one.
    #expect(stage.results.map { $0.ended - $0.started } == [4_000_000, 4_000_000])
    #expect(stage.results[1].started < stage.results[0].ended)
    let mails = stage.actions.compactMap { action -> Int64? in
      if case .measured(.mail, let nanoseconds) = action { return nanoseconds }
      return nil
    }
    #expect(mails == [2_000_000, 2_000_000])
  }

  @Test("Octet by octet the same comes out", arguments: [1, 7])
  func dripping(size: Int) throws {
    let stage = try run { $0.dripsBy = size }
    #expect(stage.results.map(\.outcome) == [.accepted, .accepted, .accepted])
  }

  @Test("A message that is refused leaves the next one's envelope alone")
  func refusedContent() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [["552 5.3.4 too big\r\n"]]
    let stage = try run(peer: peer)
    #expect(stage.results.map(\.outcome) == [.rejected, .accepted, .accepted])
    #expect(stage.results.map(\.code) == [552, 250, 250])
    #expect(!stage.peer.commands.contains("RSET"))
    #expect(stage.peer.connections == 1)
  }

  @Test("An envelope that is refused ends its own transaction alone")
  func refusedEnvelope() throws {
    var peer = ScriptedPeer()
    peer.answers["RCPT"] = [["250 ok\r\n"], ["450 4.2.1 later\r\n"]]
    peer.answers["DATA"] = [["354 go\r\n"], ["503 5.5.1 no recipients\r\n"]]
    let stage = try run(peer: peer)
    #expect(stage.results.map(\.outcome) == [.accepted, .deferred, .accepted])
    #expect(stage.peer.connections == 1)
  }

  @Test("421 to the content, or its connection's end: the next message begins anew elsewhere")
  func connectionEnds() throws {
    let ends: [([PeerAction], TransactionResult.Outcome)] = [
      (["421 4.3.2 bye\r\n", .finish], .throttled), ([.finish], .lost), ([.reset], .lost),
    ]
    for (actions, outcome) in ends {
      var peer = ScriptedPeer()
      peer.answers["."] = [actions]
      let stage = try run(peer: peer)
      #expect(stage.results.map(\.outcome) == [outcome, .accepted, .accepted])
      #expect(stage.results.map(\.position) == [1, 1, 2])
      #expect(stage.peer.connections == 2)
    }
  }

  @Test("No reply to the content within the limit: the next message begins anew elsewhere")
  func silence() throws {
    var peer = ScriptedPeer()
    peer.answers["."] = [[.nothing]]
    peer.answers["MAIL"] = [["250 ok\r\n"], [.nothing]]
    peer.answers["RCPT"] = [["250 ok\r\n"], [.nothing]]
    peer.answers["DATA"] = [["354 go\r\n"], [.nothing]]
    let stage = try run(messages: 2, peer: peer)
    #expect(stage.results.map(\.outcome) == [.lost, .accepted])
    #expect(stage.peer.connections == 2)
  }

  @Test("Where the owner names none, or PIPELINING is not offered, nothing goes ahead")
  func notAhead() throws {
    var plain = ScriptedPeer()
    plain.hello = ["250 peer.test\r\n"]
    for (peer, sendsAhead) in [(ScriptedPeer(), false), (plain, true)] {
      let stage = try run(peer: peer) { $0.sendsAhead = sendsAhead }
      #expect(stage.results.map(\.outcome) == [.accepted, .accepted, .accepted])
      #expect(!stage.writes.contains(where: holdsEnvelope))
    }
  }

  @Test("Values in the envelope are those of the message that it belongs to")
  func values() throws {
    let mail = GroupMember(
      command: Template(pieces: [
        .octets(Array("MAIL FROM:<m".utf8)), .variable(.message), .octets(Array("@b>\r\n".utf8)),
      ]), expectation: expect("2xx"), phase: .mail, label: "MAIL")
    let stage = try run(first: group(mail, member("RCPT TO:<c@d>", "2xx"), member("DATA", "354")))
    #expect(
      stage.peer.commands.filter { $0.hasPrefix("MAIL") }
        == ["MAIL FROM:<m1@b>", "MAIL FROM:<m2@b>", "MAIL FROM:<m3@b>"])
    #expect(stage.writes.filter(holdsEnvelope).count == 2)
  }

  @Test("A session that is stopped with an envelope out says no QUIT into the message")
  func stopped() throws {
    var program = session([Self.pipeline, sendMessage(1000)])
    program.sendsAhead = true
    var silent = ScriptedPeer()
    silent.answers["."] = [[.nothing]]
    silent.answers["MAIL"] = [["250 ok\r\n"], [.nothing]]
    silent.answers["RCPT"] = [["250 ok\r\n"], [.nothing]]
    silent.answers["DATA"] = [["354 go\r\n"], [.nothing]]
    let halted = try Stage(program, peer: silent, settings: DialogueSettings(mode: .load))
    halted.moves = (1...2).map { .transaction(number: $0, intended: nil) }
    halted.run(seconds: 2)
    halted.cancel()
    #expect(halted.ending == .cancelled)
    #expect(!halted.writes.contains(Array("QUIT\r\n".utf8)))
    #expect(halted.closings == [.full])
  }

  @Test("What one connection offers is not taken for what the next one does")
  func helloOfItsOwn() throws {
    var peer = ScriptedPeer()
    peer.answers["EHLO"] = [["250-peer.test\r\n250 PIPELINING\r\n"], ["250 peer.test\r\n"]]
    let stage = try Stage(
      session([Self.pipeline, sendMessage(1000)]), peer: peer,
      settings: DialogueSettings(mode: .load))
    stage.moves = [
      .transaction(number: 1, intended: nil), .reconnect(number: 2, intended: nil),
      .reconnect(number: 3, intended: nil),
    ]
    stage.run()
    #expect(stage.results.map(\.fellBackToLockStep) == [false, true, false])
  }
}
