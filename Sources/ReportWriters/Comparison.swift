// SPDX-License-Identifier: Apache-2.0
//
// Two or more records side by side: ratios of what was measured, with what chance alone could make of
// them, and a matrix of checks and targets. The first record is the one that others are held against.

package import RunRecord

/// Records side by side.
package struct Comparison: Sendable {
  package let records: [RunRecord]
  /// How each record is called in tables: `A`, `B` and so on.
  package let letters: [String]

  /// - Parameter records: two to twenty-six.
  package init(of records: [RunRecord]) {
    self.records = records
    letters = records.indices.map { String(UnicodeScalar(UInt8(65 + min($0, 25)))) }
  }

  /// One measured figure of every record.
  package struct Row: Sendable {
    package var metric: String
    /// The figures in the unit of the metric; nil where a record has none.
    package var values: [Double?]
    package var texts: [String]
    /// Whether each differs from the first by more than chance: the 95 % intervals of the
    /// percentile do not meet.
    ///
    /// Nil where the record cannot tell.
    package var differs: [Bool?]

    /// The figure as a multiple of the first record's.
    package func ratio(_ index: Int) -> Double? {
      guard let base = values[0], let value = values[index], base > 0 else { return nil }
      return value / base
    }
  }

  // MARK: Load

  /// The figures of the loads, empty where a record has none.
  package var rows: [Row] {
    let loads = records.map(\.load)
    guard loads.contains(where: { $0 != nil }) else { return [] }
    var rows = [
      row("throughput", loads.map { $0?.throughput }) { Figures.rate($0) },
      row("errors", loads.map { $0.map(Self.errorShare) }) {
        Figures.fixed($0 * 100, places: 3) + " %"
      },
    ]
    let phases = SummaryRows.phaseOrder.filter { phase in
      loads.contains { $0?.latency[phase] != nil }
    }
    // What a message costs first, then the parts.
    for phase in ["transaction"] + phases.filter({ $0 != "transaction" && $0 != "session" }) {
      let latencies = loads.map { $0?.latency[phase] }
      guard latencies.contains(where: { $0 != nil }) else { continue }
      rows.append(percentileRow(phase, "p50", 50, latencies))
      rows.append(percentileRow(phase, "p99", 99, latencies))
    }
    return rows
  }

  private func row(_ metric: String, _ values: [Double?], _ text: (Double) -> String) -> Row {
    Row(
      metric: metric, values: values, texts: values.map { $0.map(text) ?? "-" },
      differs: values.map { _ in nil })
  }

  private func percentileRow(
    _ phase: String, _ name: String, _ percentile: Double, _ latencies: [LatencyRecord?]
  ) -> Row {
    var row = row("\(phase).\(name)", latencies.map { $0?.value(at: percentile) }) {
      Figures.duration(microseconds: $0)
    }
    let intervals = latencies.map { $0.flatMap { Self.interval(of: $0, at: percentile) } }
    row.differs = intervals.indices.map { index in
      guard let base = intervals[0], let other = intervals[index] else { return nil }
      return base.upperBound < other.lowerBound || other.upperBound < base.lowerBound
    }
    return row
  }

  /// Where the percentile of an endless run would lie in 95 of 100 cases: the ranks of a binomial
  /// count around it, as values.
  ///
  /// Nil for samples too few to tell.
  static func interval(of latency: LatencyRecord, at percentile: Double) -> ClosedRange<Double>? {
    let count = Double(latency.buckets.reduce(UInt64(0)) { $0 + $1.count })
    let share = percentile / 100
    let spread = 1.96 * (count * share * (1 - share)).squareRoot()
    // Fewer than five samples on either side of it make an interval of little worth.
    guard count * share >= 5, count * (1 - share) >= 5 else { return nil }
    let low = max(0, (count * share - spread) / count * 100)
    let high = min(100, (count * share + spread) / count * 100)
    let bottom = latency.value(at: low)
    return bottom...max(bottom, latency.value(at: high))
  }

  static func errorShare(_ load: LoadRecord) -> Double {
    load.messages.attempted > 0
      ? Double(load.messages.errors) / Double(load.messages.attempted) : 0
  }

  /// One figure of a record by its name in thresholds: `throughput`, `errors`, `mail.p99`.
  ///
  /// - Returns: nil where there is no such metric, or the record has no samples of it.
  package static func value(of metric: String, in record: RunRecord) -> Double? {
    guard let load = record.load else { return nil }
    if metric == "throughput" { return load.throughput }
    if metric == "errors" { return errorShare(load) }
    let parts = metric.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, let latency = load.latency[parts[0]] else { return nil }
    switch parts[1] {
    case "p50": return latency.p50
    case "p90": return latency.p90
    case "p99": return latency.p99
    case "p999", "p99.9": return latency.p999
    case "mean": return latency.mean
    case "min": return latency.min
    case "max": return latency.max
    default: return nil
    }
  }

  /// Who a record is of, in one line.
  package func name(_ index: Int) -> String {
    let record = records[index]
    let valid = record.valid ? "" : ", not valid: \(record.invalidReason ?? "no reason given")"
    let rows = SummaryRows(record: record)
    return "\(record.scenario.id) against \(rows.target), \(record.started)\(valid)"
  }
}
