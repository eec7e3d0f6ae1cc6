// SPDX-License-Identifier: Apache-2.0
//
// The flags of certify: what they select, what stops them, and what they count as a failure.

import JSONText
import RunRecord
import ScenarioLanguage
import Synchronization
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(2))) struct CertifyFlagsTests {
  /// The ids of checks that a dry run would run.
  private func planned(_ options: [String]) async -> Set<String> {
    let result = await relaymark(["certify", "--dry-run"] + options)
    #expect(result.exit == .passed, "\(result.errors)")
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
    return Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
  }

  @Test("Several prefixes add up")
  func only() async {
    let rset = await planned(["--only", "rfc5321/4.1.1.5"])
    let noop = await planned(["--only", "rfc5321/4.1.1.9"])
    #expect(!rset.isEmpty && !noop.isEmpty && rset.isDisjoint(with: noop))
    #expect(await planned(["--only", "rfc5321/4.1.1.5", "rfc5321/4.1.1.9"]) == rset.union(noop))
    #expect(
      await planned(["--only", "rfc5321/4.1.1.5", "--only", "rfc5321/4.1.1.9"])
        == rset.union(noop))
  }

  @Test("A level takes in what is below it and nothing above")
  func level() async throws {
    let all = await planned([])
    let reading = await planned(["--level", "L0"])
    #expect(!reading.isEmpty && reading.isStrictSubset(of: all))
    for id in reading {
      let scenario = try Scenario.decode(file: "Scenarios/\(id).json", root: "Scenarios")
      #expect(scenario.level == .reads, "\(id)")
    }
    #expect(await planned(["--level", "l1"]).isSuperset(of: reading))
  }

  @Test("A dry run opens no connection")
  func dryRun() async throws {
    let connections = Atomic<Int>(0)
    let count = { @Sendable () -> Void in connections.add(1, ordering: .relaxed) }
    try await withServer(.yes, connected: count) { port in
      let result = await relaymark([
        "certify", "--dry-run", "--target", "smtp://127.0.0.1:\(port)",
      ])
      #expect(result.exit == .passed && result.output.contains("rfc5321/"))
    }
    #expect(connections.load(ordering: .relaxed) == 0)
  }

  @Test("Fail-fast stops at the first failure and says so of the rest")
  func failFast() async throws {
    try await withServer(.yes) { port in
      let result = await relaymark([
        "certify", "--target", "smtp://127.0.0.1:\(port)", "--timeout", "300ms", "--no-report",
        "--json", "--fail-fast", "--connections", "1", "--only", "rfc5321/4.1.1",
      ])
      #expect(result.exit == .checkFailed)
      let verdicts = try Verdicts(result)
      #expect(verdicts.count("fail") == 1, "\(verdicts.checks)")
      let left = verdicts.checks.filter { $0.reason.contains("--fail-fast was asked for") }
      #expect(left.count > 10 && left.allSatisfy { $0.verdict == "skipped" })
    }
  }

  @Test("Strict fails a run for a warning")
  func strict() async throws {
    let options = [
      "certify", "--no-report", "--fault", "hides-dsn", "--only",
      "rfc6409/7-extensions/offers-what-clients-want",
    ]
    let lenient = await relaymark(options)
    #expect(lenient.exit == .passed, "\(lenient)")
    #expect(lenient.output.contains("of them with a warning"), "\(lenient)")
    #expect(await relaymark(options + ["--strict"]).exit == .checkFailed)
  }

  @Test("A certificate renders again from its record, the same to the octet")
  func rendersAgain() async throws {
    try await withFolder { folder in
      let result = await relaymark([
        "certify", "--report", folder, "--only", "rfc5321/4.1.1.5", "rfc3207/2", "--quiet",
      ])
      #expect(result.exit == .passed, "\(result)")
      let run = "\(folder)/\(try #require(entries(folder).first))"
      let files = ["report.html", "summary.md", "junit.xml"]
      let before = try files.map { try String(contentsOf: "\(run)/\($0)") }
      #expect(before[0].contains("Relaymark certificate"))
      #expect(before[0].contains("embedded relay breaks no rule."))
      #expect(await relaymark(["report", run]).exit == .passed)
      #expect(try files.map { try String(contentsOf: "\(run)/\($0)") } == before)
      let schema = try JSONSchema(
        JSONReader.read(file: "Reports/run.schema.json"), file: "run.schema.json")
      let record = try JSONReader.read(file: "\(run)/run.json", limits: .record)
      #expect(schema.violations(of: record).map(\.description) == [])
    }
  }
}

extension String {
  /// The text of a file.
  fileprivate init(contentsOf path: String) throws {
    self.init(decoding: try WholeFile.read(path, limit: 1 << 26), as: UTF8.self)
  }
}
