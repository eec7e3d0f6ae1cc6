// SPDX-License-Identifier: Apache-2.0
//
// What the author of a wrong scenario reads: file, line, column, what was expected, and the nearest
// word.

import JSONText
import ScenarioLanguage
import Testing

/// A wrong text and its one problem.
struct Mistake: Sendable, CustomTestStringConvertible {
  var text: String
  var problem: String

  init(_ text: String, _ problem: String) {
    self.text = text
    self.problem = problem
  }

  /// A mistake in the only step of a dialogue, which begins in line 2, column 1.
  static func step(_ step: String, _ problem: String) -> Mistake {
    Mistake("{\"title\": \"T\", \"dialogue\": [\n\(step)]}", problem)
  }

  /// A mistake in the head; the value begins in line 2, column 1.
  static func head(_ key: String, _ value: String, _ problem: String) -> Mistake {
    Mistake(
      "{\"title\": \"T\", \"dialogue\": [{\"send\": \"NOOP\"}], \"\(key)\":\n\(value)}", problem)
  }

  /// A mistake in the load plan, which begins in line 2, column 1.
  static func load(_ value: String, _ problem: String) -> Mistake {
    Mistake(
      "{\"title\": \"T\", \"transaction\": [{\"send\": \"NOOP\"}], \"load\":\n\(value)}", problem)
  }

  var testDescription: String { problem }
}

struct ScriptErrorTests {
  @Test(
    "A mistake in the head is told with place and cure",
    arguments: [
      Mistake("[]", "test.json:1:1: a scenario is an object, not an array"),
      Mistake(
        "{}",
        """
        test.json:1:1: a scenario needs "title"
        test.json:1:1: a scenario needs "dialogue", "sessions", "transaction" or "search"
        """),
      .head(
        "titel", "1", #"test.json:1:48: unknown key "titel" in a scenario; did you mean "title"?"#),
      .head("proves", "[5]", #"test.json:2:2: "proves" is a string, not 5"#),
      .head(
        "proves", #"["RSET clears"]"#,
        #"test.json:2:2: "proves" lists requirement ids such as "5321-4.1.1.5-rset-clears", not "RSET clears""#
      ),
      .head(
        "applies", #"["submision"]"#,
        #"test.json:2:2: unknown role "submision"; did you mean "submission"?"#),
      .head("applies", "[]", #"test.json:2:1: "applies" is a list of at least one role"#),
      .head(
        "level", #""L9""#,
        #"test.json:2:1: unknown level "L9"; did you mean "L0"?"#),
      .head(
        "start", #""grated""#, #"test.json:2:1: unknown start "grated"; did you mean "greeted"?"#),
      .head(
        "security", #"{"severity": "grave", "class": "x"}"#,
        #"test.json:2:14: unknown severity "grave"; expected one of low, medium, high, critical"#),
      .head(
        "needs", #"{"extention": ["SIZE"]}"#,
        #"test.json:2:2: unknown key "extention" in "needs"; did you mean "extensions"?"#),
      .head(
        "needs", #"{"extensions": ["AUTH  PLAIN"]}"#,
        #"test.json:2:17: "extensions" lists EHLO keywords such as "SIZE" or "AUTH PLAIN", not "AUTH  PLAIN""#
      ),
      .head(
        "sessions", #"{"a": {}}"#,
        #"test.json:1:48: a scenario has "dialogue" already; "sessions" does not go with it"#),
      .head("setup", "[]", #"test.json:1:48: "setup" goes with "transaction""#),
      .head("client", #""a\r\nb""#, #"test.json:2:1: "client" is one line and cannot hold CR"#),
      .head(
        "client", #""${session}.test""#,
        #"test.json:2:1: "${session}" is known only while a session runs and cannot stand here"#),
      .head(
        "faults", #"["Not This"]"#,
        #"test.json:2:2: "Not This" is no name for "faults"; names have lower case letters, digits and hyphens"#
      ),
      .head("title", #""again""#, #"test.json:1:48: duplicate key "title""#),
    ])
  func head(_ mistake: Mistake) {
    #expect(problems(mistake.text).joined(separator: "\n") == mistake.problem)
  }

  @Test(
    "A mistake in a step is told with place and cure",
    arguments: [
      .step(#""QUIT""#, "test.json:2:1: a step is an object, not a string"),
      .step(
        #"{"sned": "NOOP", "expect": "250"}"#,
        #"test.json:2:2: unknown step "sned"; did you mean "send"?"#),
      .step(
        #"{"send": "NOOP", "expct": "250"}"#,
        #"test.json:2:18: unknown key "expct" in a send step; did you mean "expect"?"#),
      .step(
        #"{"send": "NOOP", "wait": "1s"}"#, #"test.json:2:1: two steps in one: "send" and "wait""#),
      .step(
        #"{"within": "1s"}"#,
        "test.json:2:1: no step; expected one of connect, ehlo, send, write, pipeline, message, bdat, starttls, handshake, auth, wait, close, repeat, deliver, arrive, expect"
      ),
      .step(
        #"{"send": "MAIL FROM:<a>\r\nRCPT TO:<b>"}"#,
        #"test.json:2:10: "send" is one line and cannot hold CR; CRLF is added by itself, exact octets take "write""#
      ),
      .step(
        "{\"send\": \"NOOP \\u0000\"}",
        #"test.json:2:10: "send" is one line and cannot hold NUL; CRLF is added by itself, exact octets take "write""#
      ),
      .step(
        #"{"write": "a\\qb"}"#,
        #"test.json:2:11: "write": a backslash begins "\\xNN" or stands as "\\\\" for itself"#),
      .step(
        #"{"send": "NOOP ${recipent}"}"#,
        #"test.json:2:10: unknown variable "recipent"; did you mean "recipient"?"#),
      .step(
        #"{"send": "NOOP ${run"}"#,
        #"test.json:2:10: "send": "${" without "}"; write "$${" for a plain "${""#),
      .step(
        #"{"send": "NOOP ${feed.to}"}"#,
        #"test.json:2:10: "${feed.to}" needs a "feed" with that column"#),
      .step(
        #"{"send": "MAIL FROM:<> SIZE=${message.size}"}"#,
        #"test.json:2:10: "${message.size}" needs a message or bdat step that follows"#),
      .step(
        #"{"send": "NOOP ${random:x}"}"#,
        #"test.json:2:10: "${random:…}" takes a length from 1 to 1000"#),
      .step(
        #"{"send": "NOOP ${fill:99999999}"}"#,
        #"test.json:2:10: "${fill:…}" adds more than 16777216 octets to the scenario"#),
      .step(
        #"{"send": "NOOP", "expect": "2yz"}"#,
        #"test.json:2:28: unknown pattern "2yz"; did you mean "2xx"?"#),
      .step(
        #"{"send": "NOOP", "expect": "silense", "within": "1s"}"#,
        #"test.json:2:28: unknown pattern "silense"; did you mean "silence"?"#),
      .step(
        #"{"send": "NOOP", "expect": {"pass": "250", "warn": "2xx|250"}}"#,
        #"test.json:2:52: "250" stands under two verdicts of one "expect""#),
      .step(
        #"{"send": "NOOP", "expect": {"passs": "250", "pass": "251"}}"#,
        #"test.json:2:29: unknown key "passs" in "expect"; did you mean "pass"?"#),
      .step(
        #"{"send": "NOOP", "expect": {"offers": ["SIZE"]}}"#,
        #"test.json:2:28: "expect" needs a pattern under a verdict, for example "pass": "250""#),
      .step(
        #"{"send": "NOOP", "expect": {"pass": "250", "enhanced": "6.1.1"}}"#,
        #"test.json:2:56: "enhanced" is an enhanced status code such as "5.1.1" or "5.x.x", not "6.1.1""#
      ),
      .step(
        #"{"send": "NOOP", "expect": {"pass": "250", "otherwise": "warn"}}"#,
        #"test.json:2:44: "otherwise" needs a condition: text, matches, matches-not, challenge, enhanced, offers, offers-not or tls"#
      ),
      .step(
        #"{"expect": "silence"}"#,
        #"test.json:2:2: "silence" needs "within": how long it has to hold"#),
      .step(
        #"{"expect": "250", "within": "3"}"#,
        #"test.json:2:29: "within" is a duration such as "250ms", "3s" or "2m", not "3""#),
      .step(
        #"{"expect": "250", "within": "3x median"}"#,
        #"test.json:2:29: "within" is a duration such as "3s", or "3x median, at least 3s", not "3x median""#
      ),
      .step(
        #"{"wait": "20m"}"#, #"test.json:2:10: "wait" is a duration from 0ms to 15m, not "20m""#),
      .step(#"{"close": "rts"}"#, #"test.json:2:11: unknown close "rts"; did you mean "rst"?"#),
      .step(
        #"{"send": "NOOP", "capture": {"x": "code"}}"#,
        #"test.json:2:18: "capture" needs an "expect" beside it"#),
      .step(
        #"{"send": "NOOP", "expect": "250", "capture": {"sender": "code"}}"#,
        #"test.json:2:47: "${sender}" means something already; take another name"#),
      .step(
        #"{"send": "NOOP", "expect": "250", "capture": {"x": "kode"}}"#,
        #"test.json:2:52: unknown capture "kode"; did you mean "code"?"#),
      .step(
        #"{"pipeline": [{"send": "NOOP", "expect": "250"}, {"send": "RSET", "expect": "250"}]}"#,
        #"test.json:2:15: NOOP ends a pipelined group (RFC 2920 section 3.1); to break the rule on purpose, take "write""#
      ),
      .step(
        #"{"pipeline": [{"send": "RSET"}]}"#,
        #"test.json:2:15: a command of a pipeline needs "expect""#),
      .step(
        #"{"bdat": {"write": "a"}}"#, #"test.json:2:1: a bdat step needs "expect""#),
      .step(
        #"{"bdat": {"write": "a", "chunks": [0]}, "expect": "250"}"#,
        #"test.json:2:25: "chunks" needs a size above 0, else nothing is ever sent"#),
      .step(
        #"{"bdat": {"write": "a", "message": {}}, "expect": "250"}"#,
        #"test.json:2:25: "bdat" has "write" already; "message" does not go with it"#),
      .step(
        #"{"message": {"size": "4kb"}}"#,
        #"test.json:2:22: "size" is a size such as 4096 or "4KiB", not "4kb""#),
      .step(
        #"{"message": {"size": "1GiB"}}"#,
        #"test.json:2:22: "size" is a size such as 4096 or "4KiB", not "1GiB""#),
      .step(
        #"{"message": {"size": 100000000}}"#,
        #"test.json:2:22: "size" is a size from 0 to 67108864 octets, not 100000000"#),
      .step(
        #"{"message": {"headers": {"Sub ject": "x"}}}"#,
        #"test.json:2:26: "Sub ject" is no name of a header field"#),
      .step(
        #"{"message": {"headers": {"Subject": "x\nBcc: y"}}}"#,
        #"test.json:2:37: "Subject" is one line and cannot hold LF"#),
      .step(
        #"{"auth": {"mechanism": "CRAM_MD5"}}"#,
        #"test.json:2:24: unknown mechanism "CRAM_MD5"; did you mean "CRAM-MD5"?"#),
      .step(
        #"{"write": "x", "cut": [3, 2]}"#,
        #"test.json:2:23: "cut" lists octet counts in ascending order"#),
      .step(
        #"{"repeat": {}, "dialogue": []}"#, #"test.json:2:12: "repeat" needs "times" or "vary""#),
      .step(
        #"{"repeat": {"times": 1001}, "dialogue": []}"#,
        #"test.json:2:22: "times" is a whole number from 1 to 1000, not 1001"#),
      .step(
        #"{"repeat": {"times": 1, "vary": {"x": ["a", "b"]}}, "dialogue": []}"#,
        #"test.json:2:13: "times" is less than the 2 values of a list in "vary""#),
      .step(
        #"{"repeat": {"times": 200}, "dialogue": [{"repeat": {"times": 200}, "dialogue": [{"wait": "0s"}]}]}"#,
        "test.json:2:81: more than 10000 steps, with repetitions written out"),
    ] as [Mistake])
  func step(_ mistake: Mistake) {
    #expect(problems(mistake.text).joined(separator: "\n") == mistake.problem)
  }

  @Test(
    "A mistake in load is told with place and cure",
    arguments: [
      .load("{}", #"test.json:2:1: "load" needs "sessions", "rate" or "stages""#),
      .load(
        #"{"sessions": 1}"#,
        #"test.json:2:1: "load" with "sessions" needs "messages" or "duration""#),
      .load(
        #"{"sessions": 0, "messages": 1}"#,
        #"test.json:2:14: "sessions" is a whole number from 1 to 50000, not 0"#),
      .load(
        #"{"sessions": 1, "messages": 1, "rate": "1/s"}"#,
        #"test.json:2:32: "load" has "sessions" already; "rate" does not go with it"#),
      .load(
        #"{"rate": "fast", "duration": "1s"}"#,
        #"test.json:2:10: "rate" is a rate such as "500/s" or "30/m", not "fast""#),
      .load(#"{"rate": "1/s"}"#, #"test.json:2:1: "load" with "rate" needs "duration""#),
      .load(
        #"{"sessions": 1, "messages": 1, "max_sessions": 5}"#,
        #"test.json:2:32: "max_sessions" does not go with "sessions""#),
      .load(
        #"{"sessions": 1, "messages": 1, "per-connection": 5}"#,
        #"test.json:2:32: unknown key "per-connection" in "load"; did you mean "per_connection"?"#),
      .load(
        #"{"sessions": 1, "messages": 1, "per_connection": "many"}"#,
        #"test.json:2:50: "per_connection" is a number, a range such as "1..50", or "endless", not "many""#
      ),
      .load(
        #"{"sessions": 1, "messages": 1, "after-421": "stop"}"#,
        #"test.json:2:32: unknown key "after-421" in "load"; did you mean "after_421"?"#),
      .load(
        #"{"sessions": 1, "messages": 1, "after_421": "wait"}"#,
        #"test.json:2:45: "after_421" is "reopen", "stop", or a pause such as "5s", up to 15 minutes, not "wait""#
      ),
      .load(
        #"{"sessions": 1, "messages": 1, "after_421": 5}"#,
        #"test.json:2:45: "after_421" is "reopen", "stop", or a pause such as "5s", up to 15 minutes, not 5"#
      ),
      .load(
        #"{"stages": [{"ramp": "1/s", "duration": "1s"}]}"#,
        """
        test.json:2:13: a stage needs "over"
        test.json:2:29: "duration" does not go with "ramp"
        """),
      Mistake(
        #"{"title": "T", "transaction": []}"#,
        #"test.json:1:16: "transaction" is empty; that needs "per_connection": 0 under "load""#),
      Mistake(
        #"{"title": "T", "transaction": [{"send": "NOOP"}], "repeat": {"times": 2}}"#,
        #"test.json:1:51: "repeat" does not go with "transaction", which repeats by itself"#),
      .head(
        "thresholds", #"{"transacton.p99": "<1s"}"#,
        #"test.json:2:2: unknown metric "transacton.p99"; did you mean "transaction.p99"?"#),
      .head(
        "thresholds", #"{"mail.p95": "<1s"}"#,
        #"test.json:2:2: unknown figure "p95" in "mail.p95"; did you mean "p90"?"#),
      .head(
        "thresholds", #"{"mail.p99": "<1%"}"#,
        #"test.json:2:14: "mail.p99" is a comparison with a duration, such as "<250ms", not "<1%""#),
      .head(
        "thresholds", #"{"errors": "0.1%"}"#,
        #"test.json:2:12: "errors" is a comparison with a share or a count, such as "<0.1%" or "==0", not "0.1%""#
      ),
    ] as [Mistake])
  func load(_ mistake: Mistake) {
    #expect(problems(mistake.text).joined(separator: "\n") == mistake.problem)
  }

  @Test(
    "A mistake about several sessions is told with place and cure",
    arguments: [
      Mistake(
        #"{"title": "T", "sessions": {"a": {"count": 5}}}"#,
        #"test.json:1:29: session "a" opens several connections; that needs "level": "L2""#),
      Mistake(
        #"{"title": "T", "level": "L2", "sessions": {"a": {"count": "1..500 step 10"}}}"#,
        #"test.json:1:59: "count" goes up to 200 connections"#),
      Mistake(
        #"{"title": "T", "sessions": {"a": {"dialogue": "probe"}}}"#,
        #"test.json:1:47: unknown dialogue "probe"; did you mean "probe-transaction"?"#),
      Mistake(
        #"{"title": "T", "sessions": {"a": {"every": "1s"}}}"#,
        #"test.json:1:28: every session starts again and again; one without "every" has to end them"#
      ),
      Mistake(
        #"{"title": "T", "sessions": {"canary": {}}, "verdict": {"fail": "canry.errors > 0"}}"#,
        #"test.json:1:64: unknown session "canry"; did you mean "canary"?"#),
      Mistake(
        #"{"title": "T", "sessions": {"canary": {}}, "verdict": {"fail": "canary.eror > 0"}}"#,
        #"test.json:1:64: unknown metric "eror"; did you mean "errors"?"#),
      Mistake(
        #"{"title": "T", "sessions": {"canary": {}}, "verdict": {"fail": "canary.errors is 0"}}"#,
        #"test.json:1:64: "canary.errors is 0" is no condition such as "canary.errors > 0"; comparisons are <= >= == < >"#
      ),
      Mistake(
        #"{"title": "T", "sessions": {"canary": {}}, "verdict": {"fail": "canary.errors > 5s"}}"#,
        #"test.json:1:64: "canary.errors" cannot be compared with "5s""#),
      Mistake(
        #"{"title": "T", "sessions": {"a": {}}, "sink": {"replies": [{"at": "body", "say": "later"}]}}"#,
        #"test.json:1:82: "say" is one refusal in a line, such as "451 4.3.0 later", not "later""#),
    ])
  func sessions(_ mistake: Mistake) {
    #expect(problems(mistake.text).joined(separator: "\n") == mistake.problem)
  }

  @Test("All problems of a file come at once, in the order of the file")
  func all() {
    let text = """
      {
        "title": "",
        "start": "redy",
        "dialogue": [
          { "send": "NOOP", "expect": "2zz" },
          { "snd": "QUIT" }
        ]
      }
      """
    #expect(
      problems(text) == [
        #"test.json:2:12: "title" is empty"#,
        #"test.json:3:12: unknown start "redy"; did you mean "ready"?"#,
        #"test.json:5:33: unknown pattern "2zz"; did you mean "2xx"?"#,
        #"test.json:6:7: unknown step "snd"; did you mean "send"?"#,
      ])
  }

  @Test("A mistake in a repeated dialogue is told once")
  func once() {
    let found = problems(
      #"{"title": "T", "repeat": {"times": 50}, "dialogue": [{"send": "${nothing}"}]}"#)
    #expect(found.count == 1)
  }

  @Test("A file with countless mistakes is not told of all of them")
  func countless() {
    let steps = Array(repeating: "5", count: 1_000).joined(separator: ",\n")
    #expect(problems("{\"title\": \"T\", \"dialogue\": [\(steps)]}").count == 100)
  }

  @Test("A start state does not go with a connect as the first step")
  func connect() {
    #expect(
      problems(#"{"title": "T", "start": "ready", "dialogue": [{"connect": {}}]}"#) == [
        #"test.json:1:16: "start" does not go with a "connect" as the first step"#
      ])
  }

  @Test("Extensions cannot be tested before EHLO")
  func tooEarly() {
    let found = problems(
      #"{"title": "T", "start": "greeted", "needs": {"extensions": ["SIZE"]}, "dialogue": []}"#)
    #expect(
      found == [
        #"test.json:1:36: "extensions" are known after EHLO; "start" has to be hello, secure or ready"#
      ])
  }

  @Test("What is no JSON is told with its place")
  func noJSON() {
    #expect(
      problems("{\"title\": \"T\",\n }") == ["test.json:1:14: no comma may stand before }"])
  }

  @Test("A file that is not there is told by its name")
  func absent() {
    #expect {
      _ = try Scenario.decode(file: "/nowhere/at-all.json")
    } throws: { error in
      "\(error)".hasPrefix("/nowhere/at-all.json: ")
    }
  }
}
