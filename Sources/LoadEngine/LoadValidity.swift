// SPDX-License-Identifier: Apache-2.0
//
// Whether a load measured the target, or only the harness. A pure function of the record.

package import RunRecord
package import ScenarioLanguage

/// Judges measurements.
package enum LoadValidity {
  /// Above this share of its workers' time, the harness was the bottleneck.
  static let saturation = 0.95
  /// Below this share of the asked rate, another load was measured than the one asked for.
  static let leastRate = 0.95
  /// The share of late starts up to which percentiles still tell of the target.
  static let mostLate = 0.01
  /// A start that comes so many nanoseconds after its time, a free session at hand, is late: more
  /// than a slice that Linux gives to another process before it is our turn again.
  static let late: UInt64 = 5_000_000
  /// Shares of shorter runs say nothing: the start alone fills them.
  static let leastSeconds = 1.0

  /// Why the measurement does not count; nil where it does.
  ///
  /// A closed load sends as fast as its sessions are answered, so that against a fast target we are
  /// the bottleneck: then its times are ours. Its counts are true all the same, and so it is void only
  /// where a threshold judges a time.
  package static func fault(of load: LoadRecord, judgedBy thresholds: [Threshold] = []) -> String? {
    let judgesTime = load.model == "open" || thresholds.contains { $0.metric.isTime }
    return stopped(load) ?? unstarted(load) ?? rate(load) ?? lateness(load)
      ?? (judgesTime ? saturated(load) : nil)
  }

  /// Whether 421 has ended every session before there was nothing left to send.
  private static func stopped(_ load: LoadRecord) -> String? {
    guard let stopped = load.reopening?.stopped, stopped >= load.sessions, load.endedEarly == nil
    else { return nil }
    let left = load.messages.notStarted
    return "no session was left: each was told 421 and opened no further connection, as asked"
      + (left > 0 ? "; \(left) messages were never started" : "")
  }

  private static func unstarted(_ load: LoadRecord) -> String? {
    guard load.messages.notStarted > 0, load.endedEarly == nil else { return nil }
    let planned = load.messages.attempted + load.messages.notStarted
    let count = "\(load.messages.notStarted) of \(planned) messages were never started"
    guard load.model == "open" else { return "\(count): no session was left" }
    if let reopening = load.reopening, reopening.pauses > 0 {
      return "\(count): no session was free, while \(reopening.pauses) times one paused after 421"
    }
    return "\(count): no session was free; more --max-sessions may help"
  }

  private static func rate(_ load: LoadRecord) -> String? {
    guard let arrivals = load.arrivals, load.endedEarly == nil,
      arrivals.achieved < arrivals.asked * leastRate
    else { return nil }
    return "\(decimal(arrivals.achieved)) messages a second were begun, "
      + "\(decimal(arrivals.asked)) were asked for"
  }

  private static func lateness(_ load: LoadRecord) -> String? {
    guard let arrivals = load.arrivals, load.messages.attempted > 0 else { return nil }
    let share = Double(arrivals.late) / Double(load.messages.attempted)
    guard share > mostLate else { return nil }
    return "the harness was late: \(decimal(share * 100)) % of the messages began more than "
      + "\(late / 1_000_000) ms after their time though a session was free"
  }

  /// Whether the harness itself was the bottleneck, in words.
  static func saturated(_ load: LoadRecord) -> String? {
    let share = load.cpuShare / Double(max(1, load.workers))
    guard load.measured >= leastSeconds, share > saturation else { return nil }
    return "the harness itself was the bottleneck: its workers were busy "
      + "\(Int((share * 100).rounded())) % of the time; more --workers may help"
  }

  private static func decimal(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}

extension Threshold.Metric {
  /// Whether it is about how fast something went.
  fileprivate var isTime: Bool {
    switch self {
    case .latency, .throughput: true
    case .errors, .outcome: false
    }
  }
}
