// SPDX-License-Identifier: Apache-2.0
//
// What the reader makes of right scenarios: patterns, texts, steps, repetitions, feeds, load.

import Foundation
import JSONText
import MailContent
import Testing

@testable import ScenarioLanguage

struct ReadingTests {
  @Test(
    "A pattern reads as it is written",
    arguments: [
      ("250", Pattern.code(250)), ("25x", .codes(2, 5)), ("2xx", .codeClass(2)),
      ("reply", .reply), ("one reply", .oneReply), ("two replies", .twoReplies), ("close", .close),
      ("silence", .silence), ("secured", .secured), ("refused", .refused),
    ])
  func pattern(_ text: String, _ pattern: Pattern) {
    #expect(Pattern(text) == pattern)
    #expect(pattern.text == text)
  }

  @Test(
    "Other texts are no patterns",
    arguments: ["", "2", "25", "2500", "150", "650", "2x5", "x50", "xxx", "25X", "２50", "2 5"])
  func noPattern(_ text: String) {
    #expect(Pattern(text) == nil)
  }

  @Test("The most specific pattern comes first, whatever the order of the script")
  func order() throws {
    let scenario = try dialogue(
      #"{"send": "X", "expect": {"fail": "reply", "warn": "2xx | close", "info": "25x", "pass": "250"}}"#
    )
    let rules = try #require(scenario.session().script.first?.expectation.rules)
    #expect(
      rules.map(\.pattern) == [.code(250), .codes(2, 5), .codeClass(2), .close, .reply])
    #expect(
      rules.map(\.outcome) == [
        .verdict(.pass), .verdict(.info), .verdict(.warn), .verdict(.warn), .verdict(.fail),
      ])
  }

  @Test("Conditions and what follows where one does not hold")
  func conditions() throws {
    let scenario = try dialogue(
      """
      {"ehlo": {}, "expect": {"pass": "250", "next": "220", "text": "Hello", "enhanced": "2.x.x",
        "offers": ["auth plain"], "offers-not": ["STARTTLS"], "otherwise": "warn"}}
      """)
    let expectation = try #require(scenario.session().script.first?.expectation)
    #expect(
      expectation.conditions == [
        .text(contains: Array("Hello".utf8)), .enhancedCode("2.x.x"), .offers("AUTH PLAIN"),
        .offersNot("STARTTLS"),
      ])
    #expect(expectation.otherwise == .warn)
    #expect(expectation.rules.contains { $0.outcome == .next })
  }

  @Test(
    "A write holds exact octets",
    arguments: [
      (#"a\r\n"#, [0x61, 0x0D, 0x0A]), (#"\\x00\\xfF"#, [0x00, 0xFF]),
      (#"\\\\x41"#, Array(#"\x41"#.utf8)),
      (#"é"#, [0xC3, 0xA9]), (#"\u0000"#, [0x00]), (#"$${x}"#, Array("${x}".utf8)),
      (#"${fill:3:ab}"#, Array("ababab".utf8)), (#"$5"#, Array("$5".utf8)), ("", []),
    ] as [(String, [UInt8])])
  func octets(_ text: String, _ octets: [UInt8]) throws {
    let scenario = try dialogue("{\"write\": \"\(text)\"}")
    guard case .write(let template, _)? = try scenario.session().script.first?.action else {
      Issue.record("no write")
      return
    }
    #expect(template.literal == octets)
  }

  @Test("A backslash in a line is a backslash")
  func backslash() throws {
    let scenario = try dialogue(#"{"send": "RCPT TO:<\"a\\\"b\"@c.test>"}"#)
    guard case .send(let template)? = try scenario.session().script.first?.action else {
      Issue.record("no send")
      return
    }
    #expect(template.literal == Array("RCPT TO:<\"a\\\"b\"@c.test>\r\n".utf8))
  }

  @Test("A repeated step is written out with its values in every string")
  func repetition() throws {
    let scenario = try dialogue(
      """
      {"repeat": {"vary": {"name": ["${sender}", "b"], "pause": ["1s", "2s"]}}, "dialogue": [
        {"send": "VRFY ${name} ${index}"}, {"wait": "${pause}"},
        {"repeat": {"times": 2}, "dialogue": [{"send": "NOOP ${index} ${name}"}]}]}
      """)
    let labels = try scenario.session().script.map(\.label)
    #expect(
      labels == [
        "VRFY sender@relaymark.test 1", "wait 1s", "NOOP 1 sender@relaymark.test",
        "NOOP 2 sender@relaymark.test", "VRFY b 2", "wait 2s", "NOOP 1 b", "NOOP 2 b",
      ])
  }

  @Test("A repeated scenario has a run for each value")
  func runs() throws {
    let scenario = try decode(
      #"{"title": "T", "repeat": {"times": 3, "vary": {"size": [10, "1KiB"]}}, "dialogue": [{"message": {"size": "${size}"}}]}"#
    )
    let program = try scenario.compiled()
    let sizes = program.runs.map { run -> SizeDistribution? in
      guard case .message(let spec, _)? = run.sessions.first?.script.first?.action else {
        return nil
      }
      return spec.size
    }
    #expect(sizes == [.fixed(10), .fixed(1024), .fixed(10)])
    #expect(program.runs.map { $0.values.map(\.value) } == [["10"], ["1KiB"], ["10"]])
  }

  @Test("A literal dollar and brace is left alone by repetition")
  func escapedInRepetition() throws {
    let scenario = try dialogue(
      #"{"repeat": {"vary": {"x": ["1"]}}, "dialogue": [{"send": "$${x} ${x} ${"}]}"#
        .replacingOccurrences(of: " ${\"", with: "\""))
    #expect(try scenario.session().script.map(\.label) == ["${x} 1"])
  }

  @Test("Captures can be used by later steps, and in no earlier one")
  func captures() throws {
    let scenario = try dialogue(
      """
      {"send": "A", "expect": "250", "capture": {"id": {"between": ["as ", ""]}, "c": "code",
        "s": {"capability": "size"}}}, {"send": "B ${id}"}
      """)
    let script = try scenario.session().script
    #expect(
      script[0].captures == [
        Capture(name: "id", source: .between("as ", "")), Capture(name: "c", source: .code),
        Capture(name: "s", source: .capability("SIZE")),
      ])
    guard case .send(let template) = script[1].action else {
      Issue.record("no send")
      return
    }
    #expect(
      template.pieces == [
        .octets(Array("B ".utf8)), .variable(.captured("id")), .octets([0x0D, 0x0A]),
      ])
    let early = #"{"send": "B ${id}"}, {"send": "A", "expect": "250", "capture": {"id": "code"}}"#
    #expect(throws: ScriptError.self) { try dialogue(early) }
  }

  @Test("The size of a message can be named before it, in the same part")
  func messageSize() throws {
    _ = try dialogue(#"{"send": "MAIL FROM:<> SIZE=${message.size}"}, {"message": {}}"#)
    _ = try dialogue(
      #"{"send": "A SIZE=${message.size}"}, {"bdat": {"message": {}}, "expect": "250"}"#)
    #expect(throws: ScriptError.self) {
      try dialogue(#"{"message": {}}, {"send": "MAIL FROM:<> SIZE=${message.size}"}"#)
    }
  }

  @Test("A message says all that content can be")
  func message() throws {
    let scenario = try dialogue(
      """
      {"message": {"size": {"weighted": {"2KiB": 3, "10": 1}}, "lines": 998, "8bitmime": true,
        "smtputf8": true, "headers": {"Subject": "run ${run}"}, "mark": false},
       "cut": [1, "1KiB"], "pace": {"octets": 10, "every": "5ms", "duration": "1s"}}
      """)
    guard case .message(let spec, let shape)? = try scenario.session().script.first?.action else {
      Issue.record("no message")
      return
    }
    var expected = MessageSpec(
      size: .weighted([.init(size: 2048, weight: 3), .init(size: 10, weight: 1)]))
    expected.lines = .text(length: 998)
    expected.eightBit = true
    expected.smtputf8 = true
    expected.headers = [HeaderField(name: "Subject", value: "run run-1")]
    expected.mark = false
    #expect(spec == expected)
    #expect(
      shape
        == WriteShape(
          cut: .after([1, 1024]), pace: .init(octets: 10, every: .milliseconds(5)),
          limit: .seconds(1)))
  }

  @Test("Load plans come in three models")
  func load() throws {
    func plan(_ text: String) throws -> LoadPlan? {
      try decode(#"{"title": "T", "transaction": [{"send": "X"}], "load": \#(text)}"#).load
    }
    #expect(
      try plan(#"{"sessions": 100, "messages": 10000, "per_connection": 50}"#)
        == LoadPlan(
          model: .closed(sessions: 100, messages: 10000, duration: nil), perConnection: .fixed(50)))
    #expect(
      try plan(#"{"rate": "500/s", "duration": "60s", "max_sessions": 1000}"#)
        == LoadPlan(
          model: .open(
            rate: Rate(perSecond: 500), duration: .seconds(60), maxSessions: 1000)))
    #expect(
      try plan(#"{"stages": [{"ramp": "10/s", "over": "1s"}, {"rate": "10/s", "duration": "2s"}]}"#)
        == LoadPlan(
          model: .stages(
            [
              .init(kind: .ramp, rate: Rate(perSecond: 10), duration: .seconds(1)),
              .init(kind: .hold, rate: Rate(perSecond: 10), duration: .seconds(2)),
            ], maxSessions: LoadPlan.defaultMaxSessions)))
  }

  @Test(
    "What follows 421 has three forms, in a load of either model",
    arguments: [
      ("reopen", .reopen), ("stop", .stop), ("5s", .pause(.seconds(5))),
      ("250ms", .pause(.milliseconds(250))), ("0.5ms", nil), ("0s", nil), ("16m", nil), ("5", nil),
      ("", nil), ("Stop", nil),
    ] as [(String, ReopenPolicy?)])
  func reopening(text: String, policy: ReopenPolicy?) throws {
    #expect(ReopenPolicy(text) == policy)
    guard let policy else { return }
    #expect(policy.text == text)
    for model in [#""sessions": 1, "messages": 2"#, #""rate": "5/s", "duration": "1s""#] {
      let scenario = try decode(
        #"{"title": "T", "transaction": [{"send": "X"}], "load": {\#(model), "after_421": "\#(text)"}}"#
      )
      #expect(scenario.load?.after421 == policy)
      #expect(try scenario.compiled().sessions.first?.after421 == policy)
    }
  }

  @Test("Thresholds are typed by their metric")
  func thresholds() throws {
    let scenario = try decode(
      """
      {"title": "T", "transaction": [{"send": "X"}], "thresholds": {"transaction.p99": "<250ms",
        "errors": "<= 0.1%", "throughput": ">200/s", "not_started": "==0"}}
      """)
    #expect(
      scenario.thresholds.map(\.metric) == [
        .latency(.transaction, .p99), .errors, .throughput, .outcome(.notStarted),
      ])
    #expect(scenario.thresholds.map(\.comparison) == [.less, .lessOrEqual, .greater, .equal])
    #expect(
      scenario.thresholds.map(\.limit) == [
        .duration(.milliseconds(250)), .share(0.001), .perSecond(200), .count(0),
      ])
  }

  @Test("The id of a scenario is its path below the root without the suffix")
  func id() {
    #expect(Scenario.id(of: "Scenarios/a/b.json", root: "Scenarios") == "a/b")
    #expect(Scenario.id(of: "./Scenarios/a/b.json", root: "./Scenarios/") == "a/b")
    #expect(Scenario.id(of: "/x/Scenarios/a.json", root: "/x/Scenarios") == "a")
    #expect(Scenario.id(of: "elsewhere/a.json", root: "Scenarios") == "elsewhere/a")
    #expect(Scenario.id(of: "a.json", root: nil) == "a")
  }

  @Test("What several sessions yield is judged and reported by name")
  func judgements() throws {
    let scenario = try Tree.scenario("abuse/connections/limit-per-source.json")
    #expect(
      scenario.judgements.map(\.text) == [
        "flood.refused > 0", "flood.refused == 0", "canary.errors > 0",
      ])
    #expect(scenario.report.map(\.name) == ["limit", "signal"])
    let program = try scenario.compiled()
    #expect(program.sessions.map(\.name) == ["canary", "flood"])
    #expect(program.sessions[0].schedule.source == "127.0.0.3")
    #expect(program.sessions[0].schedule.every == .seconds(1))
    #expect(program.sessions[1].schedule.counts.prefix(3) == [1, 11, 21])
    #expect(program.sessions[1].schedule.hold == .seconds(5))
    #expect(program.recovery?.after == [.seconds(5), .seconds(30)])
  }

  @Test("A slow sender's time is measured by name and can be reported")
  func measured() throws {
    let scenario = try Tree.scenario("abuse/slow-data/sender-is-cut-off.json")
    #expect(
      scenario.report == [
        ReportedMetric(
          name: "time-to-cut",
          metric: SessionMetric(session: "slow", quantity: .measured("time-to-cut")))
      ])
  }
}
