// SPDX-License-Identifier: Apache-2.0
//
// Proves how the command line answers before anything is sent: help, usage errors, scenarios that
// are listed, valid or wrong.

import JSONText
import RunRecord
import Testing

@testable import relaymark

@Suite struct CommandLineTests {
  @Test(
    "Help is a result and passes",
    arguments: [
      ["--help"], ["run", "--help"], ["serve", "--help"], ["validate", "--help"], ["list", "-h"],
      ["help", "run"],
    ])
  func help(arguments: [String]) async {
    let result = await relaymark(arguments)
    #expect(result.exit == .passed)
    #expect(result.output.contains("USAGE: relaymark") && result.errors.isEmpty)
  }

  @Test("The version is a result")
  func version() async {
    let result = await relaymark(["--version"])
    #expect(result.exit == .passed && result.output == "0.1.0\n")
  }

  @Test(
    "A wrong command line ends in 64, tells why on standard error, and prints nothing",
    arguments: [
      [], ["fly"], ["run"], ["run", "--fly", "x"], ["run", "x", "--sessions", "0"],
      ["run", "x", "--sessions", "many"], ["run", "x", "--per-connection", "-1"],
      ["run", "x", "--after-421", "0s"], ["run", "x", "--after-421", "later"],
      ["run", "Scenarios/rfc5321/4.1.1.5-rset", "--after-421", "stop"],
      ["run", "x", "--size", "4 potatoes"], ["run", "x", "--tls", "always"],
      ["run", "x", "--timeout", "soon"], ["run", "x", "--insecure", "--ca", "f"],
      ["run", "no/such/scenario"], ["validate"], ["validate", "/no/such/file.json"],
      ["list", "no/such"], ["serve", "--relay", "99999"], ["serve", "--fault", "no-such-fault"],
      ["run", "x", "--fault", "rset-keeps-transaction", "--target", "smtp://localhost"],
      ["serve", "--reply", "rcpt=hello"], ["serve", "--delay", "nap=1s"], ["serve", "--lmtp", "x"],
    ])
  func wrong(arguments: [String]) async {
    let result = await relaymark(arguments)
    #expect(result.exit == .usage, "\(result)")
    #expect(result.output.isEmpty && !result.errors.isEmpty)
  }

  @Test(
    "An unknown fault is told with the nearest one that there is",
    arguments: [["serve"], ["run", "Scenarios/rfc5321"], ["certify"], ["certify", "--dry-run"]])
  func unknownFault(command: [String]) async {
    let result = await relaymark(command + ["--fault", "rset-keep-transaction"])
    #expect(result.exit == .usage && result.output.isEmpty, "\(result)")
    #expect(result.errors.contains("did you mean \"rset-keeps-transaction\"?"), "\(result)")
  }

  @Test(
    "A fault makes the embedded relay fail the check that finds it",
    arguments: [["run"], ["certify", "--only"]])
  func fault(command: [String]) async {
    let check = ["rfc5321/4.1.1.5-rset/forgets-recipients", "--no-report"]
    let honest = await relaymark(command + check)
    #expect(honest.exit == .passed, "\(honest)")
    let broken = await relaymark(command + check + ["--fault", "rset-keeps-transaction"])
    #expect(broken.exit == .checkFailed, "\(broken)")
  }

  @Test("Validation tells every problem with its place and ends in 64")
  func validation() async throws {
    try await withFolder { folder in
      let good = #"{ "title": "Good", "dialogue": [ { "send": "NOOP", "expect": "250" } ] }"#
      let bad = """
        {
          "title": "Bad",
          "dialogue": [
            { "sned": "NOOP" },
            { "send": "NOOP", "expect": "9xx" }
          ]
        }
        """
      try WholeFile.write(Array(good.utf8), to: "\(folder)/good.json")
      let valid = await relaymark(["validate", folder])
      #expect(valid.exit == .passed && valid.output == "1 file valid\n")

      try WholeFile.write(Array(bad.utf8), to: "\(folder)/bad.json")
      let result = await relaymark(["validate", folder])
      #expect(result.exit == .usage && result.output.isEmpty)
      #expect(result.errors.contains("bad.json:4:7: "), "\(result.errors)")
      #expect(result.errors.contains("did you mean \"send\"?"), "\(result.errors)")
      #expect(result.errors.contains("bad.json:5:"), "\(result.errors)")
      #expect(result.errors.contains("in 2 files"), "\(result.errors)")
    }
  }

  @Test("A broken scenario is not run")
  func brokenScenario() async throws {
    try await withFolder { folder in
      try WholeFile.write(Array("{ \"title\": ".utf8), to: "\(folder)/broken.json")
      let result = await relaymark(["run", "\(folder)/broken.json", "--no-report"])
      #expect(result.exit == .usage)
      #expect(result.errors.contains("broken.json:1:"), "\(result.errors)")
    }
  }

  @Test("The list names id, level, start, needs and title of every scenario, in section order")
  func list() async throws {
    try await withFolder { folder in
      for section in ["4.1.1.10-b", "4.1.1.9-a"] {
        let text = """
          { "title": "Title of \(section)", "level": "L1", "start": "hello",
            "needs": { "extensions": ["SIZE"] },
            "dialogue": [ { "send": "NOOP", "expect": "250" } ] }
          """
        try WholeFile.write(Array(text.utf8), to: "\(folder)/\(section).json")
      }
      let result = await relaymark(["list", folder])
      #expect(result.exit == .passed)
      let lines = result.output.split(separator: "\n")
      try #require(lines.count == 2, "\(result)")
      #expect(lines[0].contains("4.1.1.9-a") && lines[1].contains("4.1.1.10-b"))
      #expect(lines[0].hasSuffix("Title of 4.1.1.9-a"))
      #expect(lines[0].contains("L1") && lines[0].contains("hello") && lines[0].contains("SIZE"))
    }
  }
}

@Suite struct ConsoleTests {
  @Test(
    "Colour needs a terminal that wants it",
    arguments: [
      (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false),
      (true, ["NO_COLOR": ""], true), (true, ["TERM": "dumb"], false),
      (true, ["TERM": "xterm"], true),
    ] as [(Bool, [String: String], Bool)])
  func colour(isTerminal: Bool, environment: [String: String], shown: Bool) {
    #expect(Console.shows(colour: isTerminal, environment: environment) == shown)
  }

  @Test("A diagnostic stays on one line and cannot move the cursor")
  func oneLine() {
    #expect(Console.oneLine("a\nb\r\nc\u{1B}[2Jd") == "a b c [2Jd")
  }
}

@Suite struct SectionOrderTests {
  @Test("Numbers count as numbers, everything else as letters")
  func order() {
    let sorted = ["4.1.10", "4.1.9-b", "4.1.9-a", "4.1", "10", "9", "a10", "a9", ""]
      .sorted(by: SectionOrder.precedes)
    #expect(sorted == ["", "4.1", "4.1.9-a", "4.1.9-b", "4.1.10", "9", "10", "a9", "a10"])
  }
}

@Suite struct InterruptionTests {
  @Test("A handler hears of every interruption, and of one that came before it")
  func handlers() async {
    let interruption = Interruption()
    interruption.raise()
    await confirmation(expectedCount: 2) { heard in
      await interruption.handled(by: { _ in heard() }) { interruption.raise() }
    }
    interruption.raise()
    #expect(interruption.count == 3)
    await interruption.awaitOne()
  }

  @Test("A target profile is validated as one, its secrets set or not")
  func validateProfile() async throws {
    try await withFolder { folder in
      let path = "\(folder)/target.json"
      let good = """
        { "host": "localhost", "port": 587, "role": "submission", "tls": { "resumption": "30%" },
          "credentials": { "username": "u", "password": "${env:NOBODY_HAS_SET_THIS}" } }
        """
      try WholeFile.write(Array(good.utf8), to: path)
      let valid = await relaymark(["validate", path])
      #expect(valid.exit == .passed && valid.output == "1 file valid\n", "\(valid)")
      let bad = """
        { "host": "localhost", "role": "submision", "tsl": {} }
        """
      try WholeFile.write(Array(bad.utf8), to: path)
      let result = await relaymark(["validate", path])
      #expect(result.exit == .usage)
      #expect(result.errors.contains("target.json:1:32: "), "\(result)")
      #expect(result.errors.contains("did you mean \"submission\"?"), "\(result)")
      #expect(result.errors.contains("did you mean \"tls\"?"), "\(result)")
    }
  }

  @Test("A role is for the embedded relay alone")
  func role() async throws {
    let target = ["--target", "smtp://127.0.0.1:1", "--role", "lmtp"]
    let result = await relaymark(["run", "Scenarios/rfc2033"] + target)
    #expect(result.exit == .usage && result.errors.contains("--role"), "\(result)")
    let embedded = await relaymark(["run", "Scenarios/rfc2033", "--role", "lmtp", "--no-report"])
    #expect(embedded.exit == .passed, "\(embedded)")
  }
}
