// SPDX-License-Identifier: Apache-2.0
//
// Waivers against verdicts: what they cover, and when they have outlived their fault.

import JSONText
import RunRecord
import ScenarioLanguage
import Testing

@testable import Conformance

@Suite struct WaivingTests {
  private static func check(
    _ id: String, _ verdict: String, gate: String? = nil, role: String = "relay"
  ) -> CheckRecord {
    var record = CheckRecord(id: id, title: id, verdict: verdict)
    (record.gate, record.role) = (gate, role)
    return record
  }

  @Test("A waived failure keeps its verdict and gets the reason; the others stand")
  func waived() {
    let checks = [
      Self.check("a/b", "fail", gate: "clear"), Self.check("a/b", "fail", gate: "TLS"),
      Self.check("a/c", "fail"), Self.check("a/b", "warn", gate: "TLS"),
    ]
    let waiving = Waiving([Waiver(check: "a/b", gate: .secure, reason: "known")])
    let (marked, waivers) = waiving.applied(to: checks)
    #expect(marked.map(\.waiver) == [nil, "known", nil, nil])
    #expect(marked.map(\.verdict) == ["fail", "fail", "fail", "warn"])
    #expect(marked.map(\.standing) == ["fail", "waived", "fail", "warn"])
    #expect(waivers.map(\.state) == [.applied] && waivers.map(\.count) == [1])
    #expect(checks.map(waiving.isFailure) == [true, false, true, false])
  }

  @Test("Of two waivers the one that says more counts, and the other is not stale for it")
  func precision() {
    let waiving = Waiving([
      Waiver(check: "a", reason: "folder"), Waiver(check: "a/b", role: .relay, reason: "check"),
    ])
    let (marked, waivers) = waiving.applied(to: [Self.check("a/b", "fail")])
    #expect(marked.map(\.waiver) == ["check"])
    #expect(waivers.map(\.state) == [.unused, .applied])
  }

  @Test(
    "A waiver is stale where its checks were judged and none ended so",
    arguments: [
      (["pass"], .stale), (["warn", "pass"], .stale), (["info"], .stale),
      (["pass", "fail"], .applied), (["pass", "inconclusive"], .unused), (["skipped"], .unused),
      ([], .unused), (["error"], .unused),
    ] as [([String], WaiverRecord.State)])
  func stale(verdicts: [String], state: WaiverRecord.State) throws {
    let waiver = Waiver(
      check: "a/b", role: .relay, reason: "why", file: "w.json",
      position: .init(line: 3, column: 5))
    let checks = verdicts.map { Self.check("a/b", $0) } + [Self.check("a/bc", "pass")]
    let (marked, waivers) = Waiving([waiver]).applied(to: checks)
    #expect(waivers.map(\.state) == [state])
    let finding = marked.first { $0.id == "waivers/a/b" }
    #expect((finding != nil) == (state == .stale))
    guard state == .stale else { return }
    #expect(finding?.verdict == "warn" && finding?.role == "relay")
    #expect(finding?.reason == "stale waiver, w.json:3: why")
    #expect(finding?.expected == "fail")
  }

  @Test("A part of the checks says nothing of what every reply has to keep")
  func part() {
    let waivers = [Waiver(check: "invariants/reply-text", reason: "why")]
    let checks = [Self.check("invariants/reply-text", "pass")]
    #expect(Waiving(waivers).applied(to: checks).waivers.map(\.state) == [.stale])
    #expect(Waiving(waivers, isPart: true).applied(to: checks).waivers.map(\.state) == [.unused])
  }

  @Test("Waived failures do not fail a run; stale waivers do under strict")
  func exits() {
    var record = RunRecord(
      tool: ToolFacts(name: "", version: "", command: [], seed: 0),
      target: TargetFacts(name: "", host: "", port: 0, role: "relay"),
      scenario: ScenarioFacts(id: "certify", title: ""), started: "")
    let waiving = Waiving([Waiver(check: "a/b", verdicts: [.fail, .warn], reason: "known")])
    record.checks = waiving.applied(to: [Self.check("a/b", "fail"), Self.check("a/b", "warn")]).0
    #expect(record.earnedExit(strict: false) == .passed)
    #expect(record.earnedExit(strict: true) == .passed)
    record.checks = waiving.applied(to: [Self.check("a/b", "pass")]).0
    #expect(record.earnedExit(strict: false) == .passed)
    #expect(record.earnedExit(strict: true) == .checkFailed)
  }
}
