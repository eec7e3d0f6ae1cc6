// SPDX-License-Identifier: Apache-2.0
//
// Proves runs against the embedded relay from the command line to the files: verdicts and exits,
// loads whose counts add up, and records that obey the published schema.

import JSONText
import RunRecord
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct RunCommandTests {
  static let passing = """
    { "title": "NOOP is answered", "proves": ["5321-4.1.1.9-noop"],
      "dialogue": [ { "send": "NOOP", "expect": "250" } ] }
    """
  static let failing = """
    { "title": "NOOP is refused", "dialogue": [ { "send": "NOOP", "expect": "5xx" } ] }
    """
  static let warning = """
    { "title": "NOOP has another code",
      "dialogue": [ { "send": "NOOP", "expect": { "pass": "251", "warn": "2xx" } } ] }
    """
  static let skipping = """
    { "title": "Needs what nobody has", "needs": { "extensions": ["XNOBODY"] }, "start": "hello",
      "dialogue": [ { "send": "NOOP", "expect": "250" } ] }
    """
  static let load = """
    {
      "title": "One message",
      "transaction": [
        { "send": "MAIL FROM:<${sender}>", "expect": "250" },
        { "send": "RCPT TO:<${recipient}>", "expect": "250|251" },
        { "send": "DATA", "expect": "354" },
        { "message": { "size": 2048 }, "expect": "250" } ],
      "load": { "sessions": 4, "messages": 40, "per_connection": 5 }
    }
    """

  @Test(
    "The worst verdict sets the exit",
    arguments: [
      ([passing], [], .passed, "pass"), ([failing], [], .checkFailed, "fail"),
      ([passing, failing], [], .checkFailed, "2 checks: 1 pass, 1 fail"),
      ([warning], [], .passed, "warn"), ([warning], ["--strict"], .checkFailed, "warn"),
      ([skipping], [], .couldNotRun, "XNOBODY"),
      ([passing, skipping], [], .passed, "1 pass, 1 skipped"),
    ] as [([String], [String], RunExit, String)])
  func verdicts(
    scenarios: [String], options: [String], exit: RunExit, words: String
  ) async throws {
    try await withScenarios(scenarios) { files, reports in
      let result = await relaymark(["run"] + files + ["--report", reports] + options)
      #expect(result.exit == exit, "\(result)")
      #expect(result.output.contains(words), "\(result)")
      #expect(result.errors.isEmpty, "\(result)")
      let document = try Self.document(in: reports)
      #expect(document["exit"]?.integer == Int64(exit.rawValue))
      #expect(document["checks"]?.elements?.count == scenarios.count)
    }
  }

  @Test("A failed check leaves expected, actual, reason and transcript in every form")
  func evidence() async throws {
    try await withScenarios([Self.failing]) { files, reports in
      let result = await relaymark(["run"] + files + ["--report", reports])
      let check = try #require(try Self.document(in: reports)["checks"]?[0])
      #expect(check["expected"]?.string == "5xx")
      #expect(check["actual"]?.string?.hasPrefix("250 ") == true)
      #expect(check["reason"]?.string?.contains("NOOP") == true)
      let path = try #require(check["transcript"]?.string)
      let folder = "\(reports)/\(try #require(entries(reports).first))"
      let text = String(
        decoding: try WholeFile.read("\(folder)/\(path)", limit: 100_000), as: UTF8.self)
      #expect(text.contains("-> NOOP") || text.contains("~> NOOP"), "\(text)")
      #expect(result.output.contains(path) && result.output.contains("expected     5xx"))
      let markdown = try WholeFile.read("\(folder)/summary.md", limit: 100_000)
      #expect(String(decoding: markdown, as: UTF8.self).contains("- expected: 5xx"))
    }
  }

  @Test("A load sends what was asked, its counts add up, and its record obeys the schema")
  func load() async throws {
    try await withScenarios([Self.load]) { files, reports in
      let result = await relaymark(["run"] + files + ["--report", reports, "--seed", "7"])
      #expect(result.exit == .passed, "\(result)")
      #expect(result.output.contains("40 messages accepted"), "\(result)")
      let document = try Self.document(in: reports)
      #expect(document["tool"]?["seed"]?.string == "7")
      let load = try #require(document["load"])
      #expect(load["messages"]?["accepted"]?.integer == 40)
      // How the messages fall to the sessions is chance: each may end with a connection not full.
      let opened = try #require(load["connections"]?["opened"]?.integer)
      #expect((8...12).contains(opened), "\(opened)")
      #expect(load["connections"]?["reused_messages"]?.integer == 40 - opened)
      #expect(load["octets"]?.integer == 81_920)
      for phase in ["connect", "greeting", "ehlo", "mail", "rcpt", "data", "body", "transaction"] {
        let latency = try #require(load["latency"]?[phase], "\(phase)")
        let expected = ["connect", "greeting"].contains(phase) ? opened : 40
        #expect(phase == "ehlo" || latency["count"]?.integer == expected, "\(phase)")
      }
    }
  }

  @Test("The command line overrides the scenario's load")
  func overrides() async throws {
    try await withScenarios([Self.load]) { files, _ in
      let options = [
        "--sessions", "2", "--messages", "6", "--per-connection", "1", "--size", "1KiB",
        "--workers", "2", "--json", "--no-report",
      ]
      let result = await relaymark(["run"] + files + options)
      #expect(result.exit == .passed, "\(result)")
      let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
      let load = try #require(document["load"])
      #expect(load["messages"]?["attempted"]?.integer == 6)
      #expect(load["connections"]?["opened"]?.integer == 6)
      #expect(load["octets"]?.integer == 6 * 1024 && load["workers"]?.integer == 2)
      #expect(result.errors.isEmpty)
    }
  }

  @Test("A dialogue runs as load too; refusals that it does not expect fail the run")
  func dialogueAsLoad() async throws {
    try await withScenarios([Self.passing]) { files, _ in
      let options = ["--sessions", "2", "--messages", "10", "--no-report"]
      let result = await relaymark(["run"] + files + options)
      #expect(
        result.exit == .passed
          && result.output.contains("10 transactions without a message accepted"), "\(result)")
    }
    try await withScenarios([Self.failing]) { files, _ in
      let options = ["--sessions", "2", "--messages", "10", "--no-report"]
      let result = await relaymark(["run"] + files + options)
      #expect(result.exit == .thresholdCrossed, "\(result)")
      #expect(result.output.contains("errors ==0") && result.output.contains("crossed"))
    }
  }

  @Test("Connections that carry nothing count as connections, and are not nothing")
  func connectAndLeave() async throws {
    try await withScenarios([Self.load]) { files, _ in
      let options = ["--per-connection", "0", "--messages", "20", "--json", "--no-report"]
      let result = await relaymark(["run"] + files + options)
      #expect(result.exit == .passed, "\(result)")
      let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
      #expect(document["load"]?["connections"]?["opened"]?.integer == 20)
      #expect(document["load"]?["messages"]?["attempted"]?.integer == 0)
    }
  }

  @Test("Held sessions are all open at once, and what each takes is told")
  func hold() async throws {
    try await withScenarios([Self.passing]) { files, _ in
      let options = ["--sessions", "150", "--hold", "10ms", "--json", "--no-report"]
      let result = await relaymark(["run"] + files + options)
      #expect(result.exit == .passed, "\(result)")
      let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
      #expect(document["load"]?["connections"]?["peak"]?.integer == 150)
      #expect(document["load"]?["memory"]?["sessions"]?.integer == 150)
      #expect(document["load"]?["memory"]?["per_session_bytes"]?.integer != nil)
    }
  }

  @Test(
    "Each role is served by the embedded relay", arguments: ["submission", "submissions", "lmtp"])
  func roles(role: String) async throws {
    let scenario = Self.load.replacing("\"title\"", with: "\"applies\": [\"\(role)\"], \"title\"")
    try await withScenarios([scenario]) { files, _ in
      let result = await relaymark(["run"] + files + ["--no-report"])
      #expect(result.exit == .passed, "\(result)")
      #expect(result.output.contains("(embedded-\(role), \(role))"), "\(result)")
    }
  }

  @Test("--quiet prints nothing, --trace shows the dialogue on standard error")
  func quietAndTrace() async throws {
    try await withScenarios([Self.passing]) { files, _ in
      let quiet = await relaymark(["run"] + files + ["--no-report", "--quiet"])
      #expect(quiet.exit == .passed && quiet.output.isEmpty && quiet.errors.isEmpty)
      let trace = await relaymark(["run"] + files + ["--no-report", "--quiet", "--trace"])
      #expect(trace.output.isEmpty && trace.errors.contains("NOOP"), "\(trace)")
    }
  }

  @Test("Loads do not run beside other scenarios")
  func refusedLoads() async throws {
    try await withScenarios([Self.load, Self.passing]) { files, _ in
      let result = await relaymark(["run"] + files + ["--no-report"])
      #expect(result.exit == .usage && result.errors.contains("one load at a time"), "\(result)")
    }
  }

  // MARK: Helpers

  private func withScenarios(
    _ texts: [String], _ body: ([String], String) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      var files: [String] = []
      for (number, text) in texts.enumerated() {
        files.append("\(folder)/scenario-\(number).json")
        try WholeFile.write(Array(text.utf8), to: files[number])
      }
      try await body(files, "\(folder)/reports")
    }
  }

  /// The one record in the folder, held against the schema.
  static func document(in reports: String) throws -> JSONValue {
    let run = try #require(entries(reports).first)
    #expect(entries(reports).count == 1)
    let schemaFile = "Reports/run.schema.json"
    let schema = try JSONSchema(JSONReader.read(file: schemaFile), file: schemaFile)
    let document = try JSONReader.read(file: "\(reports)/\(run)/run.json")
    let violations = schema.violations(of: document)
    #expect(violations.isEmpty, "\(violations)")
    return document
  }

  @Test("Records of two runs are compared, merged and rendered again")
  func records() async throws {
    try await withScenarios([Self.load]) { files, reports in
      var folders: [String] = []
      for _ in 0..<2 {
        let result = await relaymark(["run"] + files + ["--report", reports])
        #expect(result.exit == .passed, "\(result)")
      }
      folders = entries(reports).sorted().map { "\(reports)/\($0)" }
      try #require(folders.count == 2)
      let compared = await relaymark(
        ["compare"] + folders + ["--html", "\(reports)/page.html", "--fail-if", "throughput>1000x"])
      #expect(
        compared.exit == .passed && compared.output.contains("transaction.p99"), "\(compared)")
      let crossed = await relaymark(["compare"] + folders + ["--fail-if", "throughput>0.0001x"])
      #expect(crossed.exit == .thresholdCrossed, "\(crossed)")
      let unknown = await relaymark(["compare"] + folders + ["--fail-if", "nonsense.p99>1x"])
      #expect(unknown.exit == .usage, "\(unknown)")
      let rendered = await relaymark(["report"] + folders)
      #expect(rendered.exit == .passed && rendered.output.contains("report.html"), "\(rendered)")
      let merged = await relaymark(
        ["report", "--merge"] + folders + ["--report", "\(reports)/merged"])
      #expect(merged.exit == .passed && merged.output.contains("80 messages"), "\(merged)")
      let absent = await relaymark(["report", "\(reports)/nothing"])
      #expect(absent.exit == .usage && absent.errors.contains("nothing/run.json"), "\(absent)")
    }
  }
}
