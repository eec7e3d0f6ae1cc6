// SPDX-License-Identifier: Apache-2.0
//
// What the compiler adds to a script and what it fills in.

import JSONText
import Testing

@testable import ScenarioLanguage

struct CompilerTests {
  /// The labels of the setup for a start state and a target.
  private func setup(_ start: String, _ target: TargetProfile) throws -> [String] {
    let scenario = try decode(
      #"{"title": "T", "start": "\#(start)", "dialogue": [{"send": "NOOP", "expect": "250"}]}"#)
    let session = try scenario.session(for: target)
    #expect(session.instructions[session.setup].allSatisfy { $0.origin == .harness })
    #expect(session.script.allSatisfy { $0.origin == .script })
    return session.instructions[session.setup].map(\.label)
  }

  @Test(
    "Each start state has its preparation, as far as the role asks for it",
    arguments: [
      ("connected", Role.relay, ["connect"]),
      ("greeted", .relay, ["connect", "greeting"]),
      ("hello", .relay, ["connect", "greeting", "EHLO client.test"]),
      ("secure", .relay, ["connect", "greeting", "EHLO client.test", "STARTTLS"]),
      ("ready", .relay, ["connect", "greeting", "EHLO client.test", "STARTTLS"]),
      ("secure", .submission, ["connect", "greeting", "EHLO client.test", "STARTTLS"]),
      ("ready", .submission, ["connect", "greeting", "EHLO client.test", "STARTTLS", "AUTH"]),
      ("ready", .submissions, ["connect", "greeting", "EHLO client.test", "AUTH"]),
      ("ready", .lmtp, ["connect", "greeting", "LHLO client.test"]),
    ])
  func preparation(_ start: String, _ role: Role, _ labels: [String]) throws {
    #expect(try setup(start, .example(role)) == labels)
  }

  @Test("Opportunistic TLS is taken if offered, other TLS is demanded")
  func startTLS() throws {
    func mode(_ target: TargetProfile) throws -> StartTLSMode? {
      let session = try dialogue(#"{"send": "NOOP"}"#).session(for: target)
      for case .startTLS(let mode) in session.instructions.map(\.action) { return mode }
      return nil
    }
    #expect(try mode(.example(.relay)) == .ifOffered)
    #expect(try mode(.example(.submission)) == .full)
    #expect(try mode(.example(.submissions)) == nil)
    var clear = TargetProfile.example(.relay)
    clear.tls.mode = .none
    #expect(try mode(clear) == nil)
  }

  @Test("A submission without credentials is not logged in to")
  func noCredentials() throws {
    var target = TargetProfile.example(.submissions)
    target.credentials = nil
    #expect(try setup("ready", target) == ["connect", "greeting", "EHLO client.test"])
  }

  @Test("A command in which everything is known is one literal")
  func literal() throws {
    let scenario = try dialogue(
      #"{"send": "MAIL FROM:<${sender}> X=${host}/${domain}/${client}/${run}"}"#)
    guard case .send(let template)? = try scenario.session().script.first?.action else {
      Issue.record("no send")
      return
    }
    let line =
      "MAIL FROM:<sender@relaymark.test> X=127.0.0.1/relaymark.test/client.test/run-1\r\n"
    #expect(template.literal == Array(line.utf8))
  }

  @Test("What only a running session knows stays open, and secrets are marked")
  func holes() throws {
    let scenario = try dialogue(
      #"{"send": "X ${session} ${message}${random:4} ${env:TOKEN}!"}"#)
    let program = try scenario.compiled { $0 == "TOKEN" ? "s3cret" : nil }
    let instruction = try #require(program.sessions.first?.script.first)
    guard case .send(let template) = instruction.action else {
      Issue.record("no send")
      return
    }
    #expect(
      template.pieces == [
        .octets(Array("X ".utf8)), .variable(.session), .octets([0x20]), .variable(.message),
        .variable(.random(4)), .octets([0x20]), .secret(Array("s3cret".utf8)),
        .octets(Array("!\r\n".utf8)),
      ])
    #expect(instruction.label == "X ${session} ${message}${random:4} ***!")
  }

  @Test("A secret with a line end in it is not sent")
  func secretWithLineEnd() throws {
    let scenario = try dialogue(#"{"send": "X ${env:TOKEN}"}"#)
    #expect {
      try scenario.compiled { _ in "a\r\nMAIL FROM:<>" }
    } throws: { error in
      "\(error)".contains("holds CR, LF or NUL")
    }
  }

  @Test(
    "A command's phase is told by its verb",
    arguments: [
      ("EHLO x", Phase.ehlo), ("helo x", .ehlo), ("LHLO x", .ehlo), ("MAIL FROM:<>", .mail),
      ("rcpt TO:<a@b>", .rcpt), ("DATA", .data), ("BDAT 5", .bdat), ("RSET", .rset),
      ("QUIT", .quit), ("STARTTLS", .starttls), ("AUTH PLAIN", .auth), ("NOOP", .other),
      ("DATABASE", .other), ("", .other), ("STARTTLSX", .other),
    ])
  func phase(_ command: String, _ phase: Phase) throws {
    #expect(Phase(command: command.utf8) == phase)
    #expect(Phase(command: (command + "\r\n").utf8) == phase)
  }

  @Test("A group keeps its commands, each with its own CRLF and expectation")
  func group() throws {
    let scenario = try dialogue(
      """
      {"pipeline": [{"send": "MAIL FROM:<${sender}>", "expect": "250"},
        {"write": "RSET\\r\\n", "expect": "2xx"}, {"send": "DATA", "expect": "354"}],
       "cut": "inside-line-ends"}
      """)
    let session = try scenario.session()
    guard case .group(let members, cut: let cut)? = session.script.first?.action else {
      Issue.record("no group")
      return
    }
    #expect(cut == .insideLineEnds)
    #expect(
      members.map { String(decoding: $0.command.literal ?? [], as: UTF8.self) } == [
        "MAIL FROM:<sender@relaymark.test>\r\n", "RSET\r\n", "DATA\r\n",
      ])
    #expect(members.map(\.phase) == [.mail, .rset, .data])
    #expect(session.needsExtensions == ["PIPELINING"])
  }

  @Test("Needs are tested at the end of the setup, those of the steps among them")
  func needs() throws {
    let scenario = try dialogue(
      #"{"bdat": {"write": "a"}, "expect": "250"}"#, head: #""needs": {"extensions": ["size"]},"#)
    let session = try scenario.session()
    #expect(session.needsExtensions == ["SIZE", "CHUNKING"])
    guard case .requireExtensions(let names)? = session.instructions[session.setup].last?.action
    else {
      Issue.record("no test of extensions")
      return
    }
    #expect(names == ["SIZE", "CHUNKING"])
  }

  @Test(
    "QUIT ends a dialogue, unless the script has ended it or has not begun it",
    arguments: [
      (#"{"send": "NOOP", "expect": "250"}"#, "ready", ["QUIT"]),
      (#"{"send": "QUIT", "expect": "221"}"#, "ready", []),
      (#"{"close": "rst"}"#, "ready", []),
      (#"{"expect": "220"}"#, "connected", []),
      (#"{"send": "NOOP", "expect": "250"}"#, "greeted", ["QUIT"]),
    ])
  func goodbye(_ steps: String, _ start: String, _ labels: [String]) throws {
    let scenario = try dialogue(steps, head: #""start": "\#(start)","#)
    let session = try scenario.session()
    #expect(session.instructions[session.teardown].map(\.label) == labels)
  }

  @Test("A scripted connect reads the greeting, and takes what is said of the connection")
  func connect() throws {
    let plain = try dialogue(#"{"connect": {}}"#).session()
    #expect(plain.setup.isEmpty)
    #expect(plain.script.map(\.label) == ["connect", "greeting"])
    #expect(plain.script[1].expectation.rules.map(\.pattern) == [.code(220)])
    let refused = try dialogue(
      #"{"connect": {"source": "${source.2}"}, "expect": {"pass": "refused", "next": "220"}}"#
    ).session()
    guard case .connect(let source, offer: nil) = refused.script[0].action else {
      Issue.record("no connect")
      return
    }
    #expect(source == "127.0.0.3")
    #expect(refused.script[0].expectation.rules.map(\.pattern) == [.refused, .secured])
    #expect(refused.script[1].expectation.rules.map(\.outcome) == [.next])
    let only = try dialogue(#"{"connect": {}, "expect": "refused"}"#).session()
    #expect(only.script.map(\.label) == ["connect"])
  }

  @Test("Steps that carry a whole exchange expect its success by themselves")
  func customary() throws {
    let script = try dialogue(
      #"{"ehlo": {}}, {"starttls": {}}, {"starttls": {"handshake-only": true}}, {"auth": {}}, {"send": "X"}"#
    ).session().script
    #expect(
      script.map { $0.expectation.rules.map(\.pattern) } == [
        [.code(250)], [.secured], [.secured], [.code(235)], [],
      ])
    #expect(script.map(\.phase) == [.ehlo, .starttls, .tls, .auth, .other])
  }

  @Test("A login takes from the script what it says and the rest from the profile")
  func login() throws {
    let scenario = try dialogue(
      #"{"auth": {"mechanism": "PLAIN", "password": "wrong ${run}", "initial-response": false}}"#)
    guard case .auth(let plan)? = try scenario.session().script.first?.action else {
      Issue.record("no login")
      return
    }
    #expect(
      plan
        == AuthPlan(
          mechanism: "PLAIN", initialResponse: false, username: "tester",
          password: "wrong run-1", token: "token-of-tester"))
  }

  @Test("The name in EHLO is the scenario's, else the profile's")
  func client() throws {
    let own = try dialogue(#"{"ehlo": {}}"#, head: #""client": "x.${client}","#).session()
    #expect(own.hello == Array("EHLO x.client.test\r\n".utf8))
    #expect(own.script[0].label == "EHLO x.client.test")
    let other = try dialogue(#"{"ehlo": {"client": "[127.0.0.1]"}}"#).session(for: .example(.lmtp))
    #expect(other.hello == Array("LHLO client.test\r\n".utf8))
    #expect(other.script[0].label == "LHLO [127.0.0.1]")
    #expect(other.isLMTP)
  }

  @Test("Limits of waits are fixed, relative, or the profile's retry window")
  func within() throws {
    let script = try dialogue(
      """
      {"expect": "silence", "within": "3x median, at least 3s"}, {"expect": "250", "within": "10ms"},
      {"send": "Y", "expect": "250", "within": "${profile.retry-window}"}, {"send": "X", "expect": "250"}
      """
    ).session().script
    #expect(
      script.map(\.within) == [
        .median(times: 3, atLeast: .seconds(3)), .fixed(.milliseconds(10)),
        .fixed(TargetProfile.defaultRetryWindow), nil,
      ])
  }

  @Test("The parts of a load stand behind each other")
  func load() throws {
    let session = try Tree.scenario("load/submission.json").session(for: .example(.submission))
    let labels = { (range: Range<Int>) in session.instructions[range].map(\.label) }
    #expect(
      labels(session.setup) == [
        "connect", "greeting", "EHLO client.test", "STARTTLS", "AUTH", "needs PIPELINING, SIZE",
      ])
    #expect(
      labels(session.transaction) == [
        "pipeline: MAIL FROM:<${feed.from}> SIZE=${message.size}, RCPT TO:<${feed.to}>, DATA",
        "message",
      ])
    #expect(labels(session.teardown) == ["QUIT"])
    #expect(session.instructions[session.teardown].allSatisfy { $0.origin == .script })
  }

  @Test("A load without setup starts where the scenario says")
  func loadWithoutSetup() throws {
    let session = try Tree.scenario("load/plain.json").session()
    #expect(
      session.instructions[session.setup].map(\.label) == [
        "connect", "greeting", "EHLO client.test", "STARTTLS",
      ])
    #expect(session.instructions[session.teardown].map(\.label) == ["QUIT"])
    let leaving = try Tree.scenario("load/connect-and-leave.json").session()
    #expect(leaving.transaction.isEmpty)
  }

  @Test("The sink is told what to answer")
  func sink() throws {
    var target = TargetProfile.example()
    target.addresses[.sink] = "far@sink.test"
    let program = try Tree.scenario("rfc5321/4.2.5-responsibility/retried-not-lost.json")
      .compiled(for: target)
    #expect(
      program.sink
        == SinkScript(
          replies: [
            .init(stage: .rcpt, times: 2, answer: .say("451 4.3.0 later")),
            .init(stage: .data, times: 1, answer: .close(.fin)),
          ]))
  }

  @Test("What is missing is told before compiling, and compiling says where it was needed")
  func unmet() throws {
    let scenario = try decode(
      """
      {"title": "T", "level": "L2", "applies": ["submission"], "dialogue": [
        {"send": "RCPT TO:<${unknown}>"}, {"auth": {}}, {"send": "X ${env:NAME}"},
        {"connect": {"source": "${source.3}"}}], "needs": {"sink": true}}
      """)
    var target = TargetProfile(endpoint: .tcp(host: "mx.test", port: 25), role: .relay)
    #expect(
      scenario.unmetNeeds(of: target, environment: { _ in nil }) == [
        "it applies to submission, the target is a relay",
        "it is of level L2; the profile allows up to L1", "the profile has no credentials",
        "the profile has no unknown address", "the profile has no sink",
        "it needs 3 source addresses, the profile has 0",
        "the environment variable NAME is not set",
      ])
    #expect {
      try scenario.compiled(for: target)
    } throws: { error in
      let lines = "\(error)".split(separator: "\n")
      return lines.count == 3 && lines[0] == "test.json:2:12: the profile has no unknown address"
    }
    target = .example(.submission)
    target.level = .dangerous
    target.sources.append("127.0.0.4")
    target.sink = TargetProfile.SinkAddress(host: "127.0.0.1", port: 1)
    #expect(scenario.unmetNeeds(of: target, environment: { _ in "x" }) == [])
  }
}
