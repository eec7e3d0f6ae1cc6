// SPDX-License-Identifier: Apache-2.0
//
// Certification from the command line: the embedded relay passes, servers that are none do not, and no
// server is believed because it hangs up.

import JSONText
import RunRecord
import Testing

@testable import relaymark

/// The parts of a record that the tests ask for.
struct Verdicts {
  /// Verdict and reason by id, of checks proper: neither doors nor invariants.
  var checks: [(id: String, verdict: String, reason: String)] = []

  init(_ result: CommandResult) throws {
    let document = try JSONReader.read(
      octets: Array(result.output.utf8), file: "run.json", limits: .record)
    let list = try #require(document["checks"])
    guard case .array(let entries) = list.content else { return }
    for entry in entries {
      let text = { (name: String) -> String in
        guard case .string(let text)? = entry[name]?.content else { return "" }
        return text
      }
      guard text("id").hasPrefix("rfc") else { continue }
      checks.append((text("id"), text("verdict"), text("reason")))
    }
  }

  func count(_ verdict: String) -> Int { checks.count { $0.verdict == verdict } }
}

@Suite(.timeLimit(.minutes(3))) struct CertifyCommandTests {
  @Test("The embedded relay passes every check in all its roles")
  func embedded() async throws {
    let result = await relaymark(["certify", "--no-report", "--json"])
    #expect(result.exit == .passed, "\(result.errors)")
    let verdicts = try Verdicts(result)
    let bad = verdicts.checks.filter { !["pass", "info", "skipped"].contains($0.verdict) }
    #expect(bad.isEmpty, "\(bad)")
    #expect(verdicts.count("pass") > 500)
  }

  static let hangups: [(BadManners, String)] = [
    (.close, "closed by the target"), (.reset, "reset by the target"),
    (.alwaysBusy, "421 4.3.2 too busy"), (.busy, "421 4.3.2 too busy"), (.silence, "no reply"),
    (.garbage, "400 Bad Request"),
  ]

  @Test("A server that lets nobody in is judged in nothing, and says why", arguments: hangups)
  func shut(manners: BadManners, words: String) async throws {
    try await withServer(manners) { port in
      let result = await relaymark([
        "certify", "--target", "smtp://127.0.0.1:\(port)", "--timeout", "300ms", "--no-report",
        "--json",
      ])
      let verdicts = try Verdicts(result)
      #expect(verdicts.checks.count > 100)
      let judged = verdicts.checks.filter { !["inconclusive", "skipped"].contains($0.verdict) }
      #expect(judged.isEmpty, "\(judged)")
      #expect(result.exit == .couldNotRun)
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(result.errors.contains("turned us away"), "\(result.errors)")
    }
  }

  @Test("A server that says 250 to everything fails in many ways")
  func yes() async throws {
    try await withServer(.yes) { port in
      let result = await relaymark([
        "certify", "--target", "smtp://127.0.0.1:\(port)", "--timeout", "300ms", "--no-report",
        "--json",
      ])
      let verdicts = try Verdicts(result)
      #expect(result.exit == .checkFailed)
      #expect(verdicts.count("fail") > 30, "\(verdicts.checks)")
    }
  }

  @Test("A dry run names checks and gates, and sends nothing")
  func dryRun() async throws {
    let port = try await unusedPort()
    let result = await relaymark([
      "certify", "--dry-run", "--target", "smtp://127.0.0.1:\(port)", "--only", "rfc5321/4.1.1.5",
    ])
    #expect(result.exit == .passed && result.errors.isEmpty, "\(result)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("relay: ") ?? false)
    #expect(lines.contains("  rfc5321/4.1.1.5-rset/forgets-recipients  clear"))
    #expect(lines.contains("  rfc5321/4.1.1.5-rset/forgets-recipients  TLS"))
    #expect(!result.output.contains("rfc5321/3"))
  }

  /// A waiver file in a folder of its own.
  static func withWaivers<Result>(
    _ lines: String, _ body: (String) async throws -> Result
  ) async throws -> Result {
    try await withFolder { folder in
      let file = "\(folder)/waivers.json"
      try WholeFile.write(Array("{\"waivers\": [\n\(lines)\n]}".utf8), to: file)
      return try await body(file)
    }
  }

  @Test("What is waived does not fail the run, and is told with its reason")
  func waived() async throws {
    let lines = #"{"check": "rfc5321/4.1.1.5-rset", "reason": "says yes to all"}"#
    try await Self.withWaivers(lines) { waivers in
      try await withServer(.yes) { port in
        let options = [
          "certify", "--target", "smtp://127.0.0.1:\(port)", "--timeout", "300ms", "--no-report",
          "--only", "rfc5321/4.1.1.5-rset/forgets-recipients",
        ]
        let failed = await relaymark(options)
        #expect(failed.exit == .checkFailed, "\(failed)")
        let result = await relaymark(options + ["--waivers", waivers])
        #expect(result.exit == .passed, "\(result)")
        #expect(result.output.contains("waived"), "\(result)")
        #expect(result.output.contains("fail: says yes to all"), "\(result)")
        let first = await relaymark(options + ["--waivers", waivers, "--fail-fast", "--json"])
        let verdicts = try Verdicts(first)
        #expect(!verdicts.checks.contains { $0.reason.contains("--fail-fast") })
      }
    }
  }

  @Test("A waiver that no longer applies is named, and fails a strict run")
  func stale() async throws {
    let lines = #"{"check": "rfc5321/4.1.1.5-rset/forgets-recipients", "reason": "once"}"#
    try await Self.withWaivers(lines) { waivers in
      let options = ["certify", "--no-report", "--only", "rfc5321/4.1.1.5", "--waivers", waivers]
      let lenient = await relaymark(options)
      #expect(lenient.exit == .passed, "\(lenient)")
      #expect(lenient.output.contains("stale waiver, \(waivers):2: once"), "\(lenient)")
      #expect(await relaymark(options + ["--strict"]).exit == .checkFailed)
      let other = await relaymark(
        ["certify", "--no-report", "--only", "rfc5321/4.1.1.9", "--strict", "--waivers", waivers])
      #expect(other.exit == .passed, "a check that did not run says nothing: \(other)")
    }
  }

  @Test("A waiver of a check that there is not is a script error with its place")
  func unknownWaiver() async throws {
    let lines = #"{"check": "rfc5321/4.1.1.5-rset/forget-recipients", "reason": "r"}"#
    try await Self.withWaivers(lines) { waivers in
      let result = await relaymark(["certify", "--no-report", "--waivers", waivers])
      #expect(result.exit == .usage && result.output.isEmpty)
      #expect(result.errors.contains("waivers.json:2:11: no check has the id"), "\(result)")
      #expect(
        result.errors.contains("did you mean \"rfc5321/4.1.1.5-rset/forgets-recipients\"?"),
        "\(result)")
      let validated = await relaymark(["validate", waivers])
      #expect(validated.exit == .usage && validated.errors.contains("forgets-recipients"))
    }
  }

  @Test("A profile names its waivers by a path from its own folder")
  func waiversOfProfile() async throws {
    let lines = #"{"check": "rfc5321/4.1.1.5-rset", "reason": "says yes to all"}"#
    try await Self.withWaivers(lines) { waivers in
      try await withServer(.yes) { port in
        let profile = waivers.replacing("waivers.json", with: "target.json")
        let text =
          "{\"host\": \"127.0.0.1\", \"port\": \(port), \"waivers\": \"waivers.json\"}"
        try WholeFile.write(Array(text.utf8), to: profile)
        let result = await relaymark([
          "certify", "--target", profile, "--timeout", "300ms", "--no-report", "--only",
          "rfc5321/4.1.1.5-rset/forgets-recipients",
        ])
        #expect(result.exit == .passed && result.output.contains("says yes to all"), "\(result)")
      }
    }
  }

  @Test(
    "What selects nothing is a usage error",
    arguments: [["--only", "rfc99"], ["--level", "L9"], ["--connections", "0"]])
  func nothing(options: [String]) async {
    let result = await relaymark(["certify", "--no-report"] + options)
    #expect(result.exit == .usage && result.output.isEmpty, "\(result)")
  }
}
