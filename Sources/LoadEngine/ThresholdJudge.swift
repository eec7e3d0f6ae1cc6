// SPDX-License-Identifier: Apache-2.0
//
// Holds what a load measured against the thresholds that its scenario sets.

package import RunRecord
package import ScenarioLanguage

/// Evaluates thresholds.
package enum ThresholdJudge {
  /// Every threshold with what was measured.
  ///
  /// A scenario that sets no limit to errors has the limit none: a run in which messages or
  /// connections failed must not pass because nobody thought of it.
  package static func judge(_ thresholds: [Threshold], on load: LoadRecord) -> [ThresholdRecord] {
    var records = thresholds.map { judge($0, on: load) }
    guard !thresholds.contains(where: { $0.metric.limitsErrors }) else { return records }
    records += [
      implied("errors", load.messages.errors), implied("refused", load.connections.refused),
    ]
    return records
  }

  private static func implied(_ metric: String, _ count: Int) -> ThresholdRecord {
    ThresholdRecord(metric: metric, limit: "==0", measured: String(count), holds: count == 0)
  }

  private static func judge(_ threshold: Threshold, on load: LoadRecord) -> ThresholdRecord {
    let (measured, holds) = result(of: threshold, on: load)
    return ThresholdRecord(
      metric: threshold.name, limit: threshold.text, measured: measured, holds: holds)
  }

  /// What was measured, with its unit, and whether the limit holds.
  ///
  /// What could not be measured, such as the latency of a phase that never occurred, holds no limit.
  private static func result(
    of threshold: Threshold, on load: LoadRecord
  ) -> (measured: String, holds: Bool) {
    switch (threshold.metric, threshold.limit) {
    case (.latency(let phase, let statistic), .duration(let limit)):
      guard let latency = load.latency[phase.rawValue] else {
        return ("no \(phase.rawValue)", false)
      }
      let microseconds = latency.value(of: statistic)
      return (
        "\(decimal(microseconds / 1000)) ms",
        threshold.comparison.holds(microseconds, limit / .microseconds(1))
      )
    case (.throughput, .perSecond(let limit)):
      return (
        "\(decimal(load.throughput))/s", threshold.comparison.holds(load.throughput, limit)
      )
    case (.errors, let limit):
      return result(of: load.messages.errors, limit, threshold.comparison, on: load)
    case (.outcome(let outcome), let limit):
      return result(of: load.messages.count(of: outcome), limit, threshold.comparison, on: load)
    case (.latency, _), (.throughput, _):
      // The reader of scenarios pairs metrics with limits of their own kind.
      return ("\(threshold.name) has no such limit", false)
    }
  }

  private static func result(
    of count: Int, _ limit: Threshold.Limit, _ comparison: Comparison, on load: LoadRecord
  ) -> (measured: String, holds: Bool) {
    switch limit {
    case .count(let number): return (String(count), comparison.holds(count, number))
    case .share(let share):
      let attempted = load.messages.attempted
      guard attempted > 0 else { return ("nothing attempted", false) }
      let measured = Double(count) / Double(attempted)
      return ("\(decimal(measured * 100)) %", comparison.holds(measured, share))
    case .duration, .perSecond: return ("\(count), which is no such quantity", false)
    }
  }

  /// Three places at most; what is not zero does not look like it.
  private static func decimal(_ value: Double) -> String {
    let rounded = (value * 1000).rounded() / 1000
    if rounded == 0, value > 0 { return "<0.001" }
    return rounded == rounded.rounded() && rounded < 1e15 ? String(Int(rounded)) : String(rounded)
  }
}

extension Threshold.Metric {
  /// Whether a scenario that uses this metric has said what errors it tolerates.
  fileprivate var limitsErrors: Bool {
    switch self {
    case .errors: true
    case .outcome(.accepted), .outcome(.deferred), .outcome(.rejected), .outcome(.throttled),
      .outcome(.lost):
      true
    case .latency, .throughput, .outcome(.notStarted): false
    }
  }
}

extension LatencyRecord {
  /// In microseconds.
  fileprivate func value(of statistic: Threshold.Statistic) -> Double {
    switch statistic {
    case .min: min
    case .p50: p50
    case .p90: p90
    case .p99: p99
    case .p999: p999
    case .max: max
    case .mean: mean
    }
  }
}

extension MessageCounts {
  fileprivate func count(of outcome: Threshold.Outcome) -> Int {
    switch outcome {
    case .accepted: accepted
    case .deferred: deferred
    case .rejected: rejected
    case .throttled: throttled
    case .lost: lost
    case .notStarted: notStarted
    }
  }
}
