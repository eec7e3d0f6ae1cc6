// SPDX-License-Identifier: Apache-2.0
//
// What workers hand over at the end of every second, and how it becomes the books of the whole load
// and its time line. Pure: no clock, no socket.

import RunRecord
import ScenarioLanguage

/// One worker's books of one second, or of the rest behind its last whole one.
struct LoadReport: Sendable {
  /// The worker's place, from 0.
  var worker: Int
  /// The second, counted from the beginning of the load, from 0.
  var second: Int
  var tally: LoadTally
  /// Connections open at its end.
  var connected: Int
  /// The worker has nothing more to report.
  var isLast: Bool
}

/// Gathers the reports of all workers.
struct LoadBooks: Sendable {
  private(set) var total = LoadTally()
  private(set) var timeline: [TimePoint] = []
  /// Seconds of which not everybody has reported.
  private var open: [Int: (tally: LoadTally, connected: Int)] = [:]
  /// By worker: the second of which it reports next; `Int.max` behind its last report.
  private var next: [Int]

  /// - Parameter workers: How many report, each second by second.
  init(workers: Int) { next = Array(repeating: 0, count: workers) }

  /// Whether every worker has made its last report.
  var isComplete: Bool { next.allSatisfy { $0 == .max } }

  /// Adds a report.
  ///
  /// - Returns: the last second that became whole by it, where one did.
  mutating func add(_ report: LoadReport) -> TimePoint? {
    total.merge(report.tally)
    open[report.second, default: (LoadTally(), 0)].tally.merge(report.tally)
    open[report.second]?.connected += report.connected
    next[report.worker] = report.isLast ? .max : report.second + 1
    var closed: TimePoint?
    let whole = open.keys.filter { $0 < next.min() ?? .max }.sorted()
    for second in whole {
      guard let (tally, connected) = open.removeValue(forKey: second) else { continue }
      let point = point(second, tally, connected)
      timeline.append(point)
      closed = point
    }
    return closed
  }

  private func point(_ second: Int, _ tally: LoadTally, _ connected: Int) -> TimePoint {
    let latency = tally.latency[.transaction]
    return TimePoint(
      second: second, started: tally.started, accepted: tally.messages.accepted,
      errors: tally.messages.errors, connected: connected,
      p50: latency.microseconds(at: 50), p99: latency.microseconds(at: 99))
  }
}
