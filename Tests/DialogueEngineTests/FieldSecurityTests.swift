// SPDX-License-Identifier: Apache-2.0
//
// Field cases about AUTH and STARTTLS, by number, and what transcripts may show.

import DialogueEngine
import SASLExchange
import ScenarioLanguage
import TLSEngine
import Testing

@Suite("Field cases: AUTH and STARTTLS")
struct FieldSecurityTests {
  static let digests = SASLDigests(
    hash: { kind, octets in Digests.hash(kind.digest, octets) },
    hmac: { kind, key, octets in Digests.hmac(kind.digest, key: key, octets) },
    pbkdf2: { _, _, _, _ in [] },
    random: { Array(repeating: 7, count: $0) })

  static let settings = DialogueSettings(digests: digests, secrets: [Array("sesame-1".utf8)])

  private func auth(
    _ mechanism: String?, initialResponse: Bool? = nil, _ expectation: String = "235"
  ) -> Instruction {
    Instruction(
      action: .auth(
        AuthPlan(
          mechanism: mechanism, initialResponse: initialResponse, username: "user",
          password: "sesame-1")), expectation: expect(expectation), phase: .auth, label: "auth")
  }

  private func run(
    _ answers: [[PeerAction]], further: [String: [[PeerAction]]] = [:],
    offered: String = "PLAIN LOGIN",
    _ steps: [Instruction]
  ) throws -> Stage {
    var peer = ScriptedPeer()
    peer.hello = [.say(Array("250-peer.test\r\n250 AUTH \(offered)\r\n".utf8))]
    peer.answers = further
    peer.answers["AUTH"] = answers
    let stage = try Stage(session(steps), peer: peer, settings: Self.settings)
    stage.run()
    #expect(!stage.record.transcript.joined().contains("sesame-1"))
    #expect(!stage.record.transcript.joined().contains("c2VzYW1lLTE"))
    return stage
  }

  /// `user` and `sesame-1`, alone and as PLAIN has them.
  private let user = "dXNlcg=="
  private let password = "c2VzYW1lLTE="
  private let plain = "AHVzZXIAc2VzYW1lLTE="

  @Test("F099: LOGIN waits for its prompts, unless the script wants an initial response")
  func login() throws {
    let prompts: [String: [[PeerAction]]] = [
      user.uppercased(): [["334 UGFzc3dvcmQ6\r\n"]], password.uppercased(): [["235 ok\r\n"]],
    ]
    let stage = try run([["334 VXNlcm5hbWU6\r\n"]], further: prompts, [auth("LOGIN")])
    #expect(stage.record.verdict == .pass)
    #expect(
      stage.peer.commands.dropFirst().prefix(3) == ["AUTH LOGIN", user[...].description, password])
    #expect(
      stage.record.transcript.filter { $0.contains("->") }.map { $0.split(separator: "-> ")[1] }
        == ["EHLO client.test", "AUTH LOGIN", "<redacted>", "<redacted>", "QUIT"])
    let eager = try run(
      [["334 UGFzc3dvcmQ6\r\n"]], further: prompts, [auth("LOGIN", initialResponse: true)])
    #expect(eager.peer.commands.dropFirst().prefix(2) == ["AUTH LOGIN \(user)", password])
    #expect(eager.record.verdict == .pass)
  }

  @Test("F101: an empty LOGIN challenge is answered")
  func emptyChallenge() throws {
    let stage = try run(
      [["334 \r\n"]],
      further: [user.uppercased(): [["334 \r\n"]], password.uppercased(): [["235 ok\r\n"]]],
      [auth("LOGIN")])
    #expect(stage.record.verdict == .pass)
  }

  @Test("F103: PLAIN goes with the command by default; a 535 without credentials is told apart")
  func refusedBeforeCredentials() throws {
    let eager = try run([["235 ok\r\n"]], [auth(nil)])
    #expect(eager.peer.commands[1] == "AUTH PLAIN \(plain)")
    #expect(eager.record.transcript.contains { $0.hasSuffix("-> AUTH PLAIN <redacted>") })
    let patient = try run(
      [["535 5.7.8 Incorrect authentication data\r\n"]], [auth("PLAIN", initialResponse: false)])
    #expect(patient.record.kinds == [.refusedBeforeCredentials])
    #expect(patient.record.verdict == .fail)
    let bad = try run([["535 5.7.8 Incorrect authentication data\r\n"]], [auth("PLAIN")])
    #expect(bad.record.kinds.isEmpty)
  }

  @Test("F105: SASL data is sent after 334 only", arguments: ["530 5.7.0 TLS first", "502 no"])
  func dataOnlyAfter334(reply: String) throws {
    let stage = try run([[.say(Array("\(reply)\r\n".utf8))]], [auth("LOGIN")])
    #expect(stage.peer.commands == ["EHLO client.test", "AUTH LOGIN", "QUIT"])
    #expect(stage.record.verdict == .fail)
  }

  @Test("A challenge that makes no sense is answered with *")
  func cancelling() throws {
    let stage = try run(
      [["334 !!!\r\n"]], further: ["*": [["501 cancelled\r\n"]]], offered: "CRAM-MD5",
      [auth(nil)])
    #expect(stage.peer.commands[2] == "*")
    #expect(stage.record.kinds == [.malformedChallenge])
    #expect(stage.record.transcript.contains { $0.hasSuffix("-> *") })
    #expect(stage.record.verdict == .fail)
  }

  @Test("Challenges without end are cancelled")
  func endlessChallenges() throws {
    var peer = ScriptedPeer()
    peer.hello = ["250-peer.test\r\n250 AUTH LOGIN\r\n"]
    peer.answers["AUTH"] = [["334 \r\n"]]
    peer.answers[user.uppercased()] = [["334 \r\n"]]
    peer.answers[password.uppercased()] = [["334 \r\n"]]
    peer.answers["*"] = [["501 ok\r\n"]]
    let stage = try Stage(session([auth(nil)]), peer: peer, settings: Self.settings)
    stage.run()
    #expect(stage.peer.commands.contains("*"))
    #expect(stage.ending == .finished)
  }

  @Test("A SCRAM success without the server's proof is not believed")
  func unprovenServer() throws {
    let stage = try run([["235 come in\r\n"]], offered: "SCRAM-SHA-256", [auth(nil)])
    #expect(stage.record.kinds == [.serverNotProven])
    #expect(stage.record.verdict == .fail)
  }

  @Test("Without a mechanism in common nothing is sent and the reason is given")
  func noMechanism() throws {
    let stage = try run([], offered: "GSSAPI", [auth(nil)])
    #expect(stage.peer.commands == ["EHLO client.test", "QUIT"])
    #expect(stage.record.verdict == .inconclusive)
    #expect(stage.record.steps.last?.answer.description.contains("GSSAPI") == true)
  }

  @Test("A scripted AUTH line and what follows a 334 are masked as well")
  func scriptedSecrets() throws {
    let stage = try run(
      [["334 \r\n"]], further: [plain.uppercased(): [["535 no\r\n"]]],
      [send("AUTH PLAIN", "334"), send(plain, "535"), send("AUTH PLAIN \(plain)", "5xx")])
    let sent = stage.record.transcript.filter { $0.contains("->") }
    #expect(sent.contains { $0.hasSuffix("-> AUTH PLAIN") })
    #expect(sent.contains { $0.hasSuffix("-> <redacted>") })
    #expect(sent.contains { $0.hasSuffix("-> AUTH PLAIN <redacted>") })
  }

  @Test("A secret that the target echoes is masked, in transcript, answer and observations")
  func echoedSecret() throws {
    let stage = try run([["535 bad password sesame-1\r\n"]], [auth("PLAIN")])
    #expect(stage.record.transcript.contains { $0.contains("bad password <redacted>") })
    #expect(stage.record.reason?.contains("sesame-1") != true)
  }

  // MARK: STARTTLS

  private func startTLS(_ mode: StartTLSMode, _ expectation: String = "secured") -> Instruction {
    Instruction(
      action: .startTLS(mode), expectation: expect(expectation), phase: .starttls,
      label: "STARTTLS")
  }

  @Test("F107: EHLO follows the handshake, and what was offered before is forgotten")
  func freshHello() throws {
    var peer = ScriptedPeer()
    peer.answers["EHLO"] = [
      ["250-peer.test\r\n250-STARTTLS\r\n250 BEFORE\r\n"], ["250-peer.test\r\n250 AFTER\r\n"],
    ]
    let stage = try Stage(session([startTLS(.full), send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(
      stage.peer.commands == ["EHLO client.test", "STARTTLS", "EHLO client.test", "NOOP", "QUIT"])
    #expect(stage.record.capabilities == ["AFTER"])
    #expect(stage.record.transcript.contains { $0.contains("~> NOOP") })
    #expect(stage.record.transcript.contains { $0.contains("<~ 250 2.0.0 ok") })
    #expect(stage.record.transcript.contains { $0.contains("-> STARTTLS") })
  }

  @Test(
    "F112: clear text behind the 220 ends the session before the handshake",
    arguments: [
      "250-AUTH LOGIN\r\n25", "250 injected\r\n", "2",
    ])
  func responseInjection(text: String) throws {
    var peer = ScriptedPeer()
    peer.answers["STARTTLS"] = [[.say(Array("220 go\r\n\(text)".utf8))]]
    let stage = try Stage(session([startTLS(.full), send("NOOP")]), peer: peer)
    stage.run()
    #expect(!stage.actions.contains(.startTLS))
    #expect(stage.record.kinds == [.cleartextBehindStartTLS])
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.reason?.contains("injection") == true)
    #expect(stage.closings == [.full])
  }

  @Test("F112: in a scripted handshake the clear text is observed and dropped")
  func responseInjectionObserved() throws {
    var peer = ScriptedPeer()
    peer.answers["STARTTLS"] = [["220 go\r\n250 injected\r\n25"]]
    let stage = try Stage(
      session([
        send("STARTTLS", "220"), startTLS(.handshakeOnly), send("EHLO client.test", "one reply"),
      ]), peer: peer)
    stage.run()
    #expect(stage.record.kinds == [.cleartextBehindStartTLS])
    #expect(stage.record.verdict == .pass)
  }

  @Test(
    "F109, F110: octets behind STARTTLS go out in clear text, at once or later",
    arguments: [
      0, 5, 50,
    ])
  func commandInjection(milliseconds: Int) throws {
    let shape = WriteShape(
      then: .init(after: .milliseconds(milliseconds), write: octets("NOOP injected\r\n")))
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.nothing]]
    let stage = try Stage(
      session([
        write("STARTTLS\r\n", shape: shape), reading("pass 5xx|close; next 220"),
        startTLS(.handshakeOnly, "pass refused|close; next secured"),
        send("EHLO client.test", "pass one reply; fail two replies", within: .seconds(3)),
      ]), peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(
      stage.writes.map { String(decoding: $0, as: UTF8.self) }.dropFirst().prefix(2) == [
        "STARTTLS\r\n", "NOOP injected\r\n",
      ])
  }

  @Test(
    "Where no second hello is taken, the list of the first is looked at, in the same state only",
    arguments: [
      ([], "250", ["SIZE"], true), ([], "250", [], false),
      ([], "250; fail 503", ["SIZE"], false), (["MAIL FROM:<a@b.test>"], "250", ["SIZE"], false),
    ] as [([String], String, [String], Bool)])
  func secondHello(before: [String], pattern: String, offered: [String], passes: Bool) throws {
    var peer = ScriptedPeer()
    peer.answers["EHLO"] = [["250-peer.test\r\n250 SIZE 100\r\n"], ["503 5.5.1 again?\r\n"]]
    var hello = send("EHLO client.test", pattern == "250" ? "250" : "pass 250; fail 503")
    hello.expectation.conditions = offered.map { .offers($0) }
    let stage = try Stage(session(before.map { send($0, "2xx") } + [hello]), peer: peer)
    stage.run()
    #expect((stage.record.verdict == .pass) == passes)
    let says = stage.record.transcript.contains { $0.contains("no second hello is taken") }
    #expect(says == passes)
  }

  @Test(
    "A TLS alert that answers clear text behind STARTTLS is a refusal and no reply",
    arguments: [[2, 10], [1, 0]] as [[UInt8]])
  func alertInPlaceOfReply(alert: [UInt8]) throws {
    var peer = ScriptedPeer()
    peer.answers["NOOP"] = [[.say([0x15, 3, 3, 0, 2] + alert), .finish]]
    let stage = try Stage(
      session([send("STARTTLS", "220"), send("NOOP", "pass refused; fail reply|close")]),
      peer: peer)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(!stage.record.kinds.contains(.malformedReply))
    let level = alert[0] == 2 ? "fatal" : "warning"
    let words = "TLS alert in place of a reply: \(level), description \(alert[1])"
    #expect(stage.record.transcript.contains { $0.contains(words) })
  }

  @Test("F113: a refused STARTTLS never leads to a handshake, and is tried though not offered")
  func refusedStartTLS() throws {
    var peer = ScriptedPeer()
    peer.answers["STARTTLS"] = [["502 5.5.1 no\r\n"]]
    let stage = try Stage(session([startTLS(.full)]), peer: peer)
    stage.run()
    #expect(!stage.actions.contains(.startTLS))
    #expect(stage.record.verdict == .fail)
    #expect(stage.record.transcript.contains { $0.contains("not offered") })
    peer.answers["STARTTLS"] = [["454 4.7.0 not now\r\n"]]
    let later = try Stage(session([startTLS(.full)]), peer: peer)
    later.run()
    #expect(later.record.verdict == .inconclusive)
  }

  @Test(
    "Opportunistic TLS is taken where it is offered and left out where not",
    arguments: [
      true, false,
    ])
  func opportunistic(offered: Bool) throws {
    var peer = ScriptedPeer()
    if offered { peer.hello = ["250-peer.test\r\n250 STARTTLS\r\n"] }
    let stage = try Stage(session([startTLS(.ifOffered), send("NOOP")]), peer: peer)
    stage.run()
    #expect(stage.actions.contains(.startTLS) == offered)
    #expect(stage.record.verdict == .pass)
  }

  @Test("A handshake that fails or never ends has its own outcome")
  func failedHandshake() throws {
    let failed = try Stage(session([startTLS(.full)]))
    failed.handshakeFailures = ["TLS handshake failed: alert 40"]
    failed.run()
    #expect(failed.record.verdict == .fail)
    #expect(failed.record.steps.last?.answer == .refused("TLS handshake failed: alert 40"))
    let endless = try Stage(session([startTLS(.full, "refused")]))
    endless.ignoresHandshake = true
    endless.run()
    #expect(endless.record.verdict == .pass)
    #expect(endless.closings == [.full])
  }

  @Test("Implicit TLS comes before the greeting, and its failure is no finding of the check")
  func implicitTLS() throws {
    let settings = DialogueSettings(implicitTLS: true)
    let stage = try Stage(session([send("NOOP")]), settings: settings)
    stage.run()
    #expect(stage.record.verdict == .pass)
    #expect(stage.actions.prefix(3).contains(.startTLS))
    #expect(stage.record.transcript.contains { $0.contains("<~ 220 peer.test") })
    let refused = try Stage(session([send("NOOP")]), settings: settings)
    refused.handshakeFailures = ["certificate has expired"]
    refused.run()
    #expect(refused.record.verdict == .inconclusive)
    #expect(refused.record.reason?.contains("expired") == true)
  }
}

extension SASLHash {
  fileprivate var digest: DigestKind {
    switch self {
    case .md5: .md5
    case .sha1: .sha1
    case .sha256: .sha256
    }
  }
}
