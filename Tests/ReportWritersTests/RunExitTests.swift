// SPDX-License-Identifier: Apache-2.0
//
// Proves that a record earns the exit code that its content deserves, and never 0 for nothing.

import RunRecord
import Testing

@Suite struct RunExitTests {
  @Test(
    "The exit code follows the worst of what happened",
    arguments: [
      (["pass"], false, .passed), (["pass", "info", "skipped"], false, .passed),
      (["pass", "warn"], false, .passed), (["pass", "warn"], true, .checkFailed),
      (["pass", "fail", "error"], false, .checkFailed), (["pass", "error"], false, .couldNotRun),
      (["skipped"], false, .couldNotRun), (["inconclusive", "skipped"], true, .couldNotRun),
      ([], false, .couldNotRun),
    ] as [([String], Bool, RunExit)])
  func ofChecks(verdicts: [String], strict: Bool, code: RunExit) {
    var record = Samples.least
    record.checks = verdicts.map { CheckRecord(id: $0, title: "", verdict: $0) }
    #expect(record.earnedExit(strict: strict) == code)
  }

  @Test("A target that could not be reached is never exit 0")
  func unreached() {
    var record = Samples.least
    record.checks = [
      CheckRecord(id: "a", title: "", verdict: "pass"),
      CheckRecord(id: "b", title: "", verdict: "inconclusive", reached: false),
    ]
    #expect(record.earnedExit(strict: false) == .couldNotRun)
  }

  @Test("A load passes only when something was sent, it is valid and no threshold is crossed")
  func ofLoads() {
    var record = Samples.least
    record.load = LoadRecord(model: "closed", sessions: 1)
    record.load?.messages.notStarted = 10
    #expect(record.earnedExit(strict: false) == .couldNotRun)
    record.load?.messages.attempted = 10
    record.load?.messages.notStarted = 0
    #expect(record.earnedExit(strict: false) == .passed)
    record.thresholds = [ThresholdRecord(metric: "errors", limit: "", measured: "", holds: false)]
    #expect(record.earnedExit(strict: false) == .thresholdCrossed)
    record.thresholds = []
    record.valid = false
    #expect(record.earnedExit(strict: false) == .thresholdCrossed)
    record.interrupted = true
    #expect(record.earnedExit(strict: false) == .interrupted)
  }

  @Test("Connections that were asked for without messages count as something done")
  func plainConnections() {
    var record = Samples.least
    record.load = LoadRecord(model: "closed", sessions: 1)
    record.load?.connections.opened = 3
    #expect(record.earnedExit(strict: false) == .passed)
  }

  @Test("Outcomes balance or the counts say so")
  func balance() {
    var counts = Samples.load.messages
    #expect(counts.isBalanced && counts.errors == 10)
    counts.lost += 1
    #expect(!counts.isBalanced)
  }
}
