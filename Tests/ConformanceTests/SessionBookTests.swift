// SPDX-License-Identifier: Apache-2.0
//
// Proves the counts of named sessions and the conditions that scenarios put on them.

import ScenarioLanguage
import Testing

@testable import Conformance

@Suite struct SessionBookTests {
  @Test("Counts say what happened; a staircase remembers its best step and the first refusal")
  func counting() {
    var book = SessionBook()
    for step in 0..<3 {
      book.nextStep()
      for _ in 0..<(step == 1 ? 5 : 2) { book.add(DialogueFacts(finding: Finding(.pass))) }
    }
    for number in 1...2 {
      book.add(
        DialogueFacts(
          finding: Finding(.inconclusive), wasGreeted: false, refusal: "421 no \(number)"))
    }
    #expect(book.opened == 11 && book.greeted == 5 && book.refused == 2 && book.errors == 2)
    #expect(book.firstRefusal == "421 no 1")
    #expect(book.text(of: .firstRefusal) == "421 no 1" && book.text(of: .greeted) == "5")
  }

  @Test(
    "Errors are verdicts that no canary may end with",
    arguments: [
      (.pass, 0), (.info, 0), (.warn, 0), (.skipped, 1), (.inconclusive, 1), (.fail, 1),
      (.error, 1),
    ] as [(Verdict, Int)])
  func errors(verdict: Verdict, count: Int) {
    var book = SessionBook()
    book.add(DialogueFacts(finding: Finding(verdict)))
    #expect(book.errors == count)
  }

  @Test("A condition that holds makes a finding of its verdict, with the measured value")
  func judgements() throws {
    var canary = SessionBook()
    canary.add(DialogueFacts(finding: Finding(.fail)))
    let judgement = Judgement(
      verdict: .fail, metric: SessionMetric(session: "canary", quantity: .errors),
      comparison: .greater, limit: 0, text: "canary.errors > 0")
    let finding = try #require(judgement.finding(in: ["canary": canary]))
    #expect(finding.verdict == .fail && finding.actual == "1")
    #expect(finding.expected == "not canary.errors > 0")
    #expect(judgement.finding(in: ["canary": SessionBook()]) == nil)
    #expect(judgement.finding(in: [:]) == nil)
  }

  @Test("A condition on a duration holds if any sample does, and never without one")
  func durations() {
    var slow = SessionBook()
    for milliseconds in [100, 2_500] as [Int64] {
      slow.add(
        DialogueFacts(finding: Finding(.pass), measured: ["cut": milliseconds * 1_000_000]))
    }
    let metric = SessionMetric(session: "slow", quantity: .measured("cut"))
    func judgement(_ limit: Int64) -> Judgement {
      Judgement(
        verdict: .warn, metric: metric, comparison: .greater, limit: limit, text: "slow.cut > x")
    }
    #expect(judgement(2_000_000_000).finding(in: ["slow": slow])?.verdict == .warn)
    #expect(judgement(3_000_000_000).finding(in: ["slow": slow]) == nil)
    #expect(judgement(0).finding(in: ["slow": SessionBook()]) == nil)
    #expect(
      ReportedMetric(name: "n", metric: metric).text(in: ["slow": slow]) == "100.0 ms to 2.5 s")
  }
}
