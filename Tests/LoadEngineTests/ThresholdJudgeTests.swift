// SPDX-License-Identifier: Apache-2.0
//
// Proves that thresholds hold and break where their limits lie, and that a run without a word about
// errors tolerates none.

import RunRecord
import Testing

@testable import LoadEngine
@testable import ScenarioLanguage

@Suite struct ThresholdJudgeTests {
  static var load: LoadRecord {
    var load = LoadRecord(model: "closed", sessions: 1, throughput: 250)
    load.messages.attempted = 1_000
    load.messages.accepted = 999
    load.messages.lost = 1
    load.latency["transaction"] = LatencyRecord(
      count: 1_000, min: 1_000, p50: 50_000, p90: 90_000, p99: 249_999, p999: 300_000,
      max: 400_000, mean: 60_000)
    return load
  }

  @Test(
    "Each metric is compared with its limit",
    arguments: [
      (.latency(.transaction, .p99), .less, .duration(.milliseconds(250)), true),
      (.latency(.transaction, .p99), .less, .duration(.milliseconds(249)), false),
      (.latency(.transaction, .max), .lessOrEqual, .duration(.milliseconds(400)), true),
      (.latency(.quit, .p50), .less, .duration(.seconds(10)), false),
      (.errors, .less, .share(0.002), true), (.errors, .less, .share(0.001), false),
      (.errors, .equal, .count(0), false), (.outcome(.lost), .lessOrEqual, .count(1), true),
      (.outcome(.accepted), .greaterOrEqual, .share(0.999), true),
      (.throughput, .greater, .perSecond(200), true),
      (.throughput, .greater, .perSecond(250), false),
    ] as [(Threshold.Metric, Comparison, Threshold.Limit, Bool)])
  func compares(
    metric: Threshold.Metric, comparison: Comparison, limit: Threshold.Limit, holds: Bool
  ) throws {
    let threshold = Threshold(
      metric: metric, comparison: comparison, limit: limit, name: "m", text: "t")
    let record = try #require(ThresholdJudge.judge([threshold], on: Self.load).first)
    #expect(record.holds == holds, "\(record)")
    #expect(record.metric == "m" && record.limit == "t" && !record.measured.isEmpty)
  }

  @Test("Without a limit to errors none are tolerated, nor refused connections")
  func impliedLimits() {
    let latency = Threshold(
      metric: .latency(.transaction, .p50), comparison: .less, limit: .duration(.seconds(1)),
      name: "transaction.p50", text: "<1s")
    let records = ThresholdJudge.judge([latency], on: Self.load)
    #expect(records.map(\.metric) == ["transaction.p50", "errors", "refused"])
    #expect(records.map(\.holds) == [true, false, true])
  }

  @Test("Who names a limit to errors gets that and no other")
  func namedLimit() {
    let errors = Threshold(
      metric: .errors, comparison: .less, limit: .share(0.5), name: "errors", text: "<50%")
    let records = ThresholdJudge.judge([errors], on: Self.load)
    #expect(records.map(\.metric) == ["errors"] && records[0].holds)
  }

  @Test("A share of nothing holds no limit")
  func nothingAttempted() {
    let errors = Threshold(
      metric: .errors, comparison: .less, limit: .share(0.5), name: "errors", text: "<50%")
    let load = LoadRecord(model: "closed", sessions: 1)
    #expect(ThresholdJudge.judge([errors], on: load).map(\.holds) == [false])
  }
}
