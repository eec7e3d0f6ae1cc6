// SPDX-License-Identifier: Apache-2.0
//
// How long things took, by phase: one histogram each, nothing kept per sample. A worker has one of
// its own, so that recording needs no lock; recorders of one layout merge without loss.

import Histogram
package import RunRecord
package import ScenarioLanguage

/// Latency distributions by phase.
package struct LatencyRecorder: Sendable {
  /// The longest latency told apart, ten minutes in nanoseconds; what takes longer counts as this.
  ///
  /// It is the longest wait of RFC 5321 section 4.5.3.2.
  package static let highest: UInt64 = 600_000_000_000
  /// Nothing on a socket is faster than a microsecond.
  private static let lowest: UInt64 = 1_000
  /// Where a histogram begins; it grows when something slower is recorded.
  private static let usual: UInt64 = 1_000_000_000

  /// By `Phase.slot`; nil until the phase has a first sample.
  private var histograms = [Histogram<UInt64>?](repeating: nil, count: Phase.slots)

  package init() {}

  /// Counts one sample; a clock that ran backwards counts as zero.
  package mutating func record(_ phase: Phase, nanoseconds: Int64) {
    let value = min(UInt64(max(nanoseconds, 0)), Self.highest)
    let slot = phase.slot
    if histograms[slot] == nil { histograms[slot] = Self.histogram() }
    histograms[slot]?.record(value)
  }

  /// Adds everything that another recorder counted.
  package mutating func merge(_ other: LatencyRecorder) {
    for slot in other.histograms.indices {
      guard let added = other.histograms[slot] else { continue }
      if histograms[slot] == nil {
        histograms[slot] = added
      } else {
        histograms[slot]?.add(added)
      }
    }
  }

  /// Hands out what was counted so far and starts afresh: the end of an interval.
  package mutating func drain() -> LatencyRecorder {
    defer { self = LatencyRecorder() }
    return self
  }

  /// The number of samples of a phase.
  package func count(of phase: Phase) -> Int {
    Int(clamping: histograms[phase.slot]?.totalCount ?? 0)
  }

  /// The distributions as record values, by phase name, phases without samples left out.
  package func records() -> [String: LatencyRecord] {
    var records: [String: LatencyRecord] = [:]
    for phase in Phase.allCases {
      guard let histogram = histograms[phase.slot], histogram.totalCount > 0 else { continue }
      records[phase.rawValue] = Self.record(of: histogram)
    }
    return records
  }

  private static func histogram() -> Histogram<UInt64> {
    var histogram = Histogram<UInt64>(
      lowestDiscernibleValue: lowest, highestTrackableValue: usual,
      numberOfSignificantValueDigits: .three)
    histogram.autoResize = true
    return histogram
  }

  private static func record(of histogram: Histogram<UInt64>) -> LatencyRecord {
    // A percentile is the upper end of a bucket; it may not lie above what was seen.
    func percentile(_ rank: Double) -> Double {
      microseconds(min(histogram.valueAtPercentile(rank), histogram.maxRecorded))
    }
    return LatencyRecord(
      count: Int(clamping: histogram.totalCount), min: microseconds(histogram.min),
      p50: percentile(50), p90: percentile(90), p99: percentile(99), p999: percentile(99.9),
      max: microseconds(histogram.maxRecorded), mean: rounded(histogram.mean / 1000),
      buckets: histogram.recordedValues().map {
        LatencyRecord.Bucket(value: $0.value, count: UInt64($0.count))
      })
  }

  private static func microseconds(_ nanoseconds: UInt64) -> Double {
    rounded(Double(nanoseconds) / 1000)
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension Phase {
  /// How many slots a table by phase needs.
  static let slots = Phase.allCases.count

  /// The place of the phase in such a table.
  var slot: Int {
    switch self {
    case .connect: 0
    case .tls: 1
    case .greeting: 2
    case .ehlo: 3
    case .starttls: 4
    case .auth: 5
    case .mail: 6
    case .rcpt: 7
    case .data: 8
    case .body: 9
    case .bdat: 10
    case .rset: 11
    case .quit: 12
    case .other: 13
    case .transaction: 14
    case .session: 15
    }
  }
}
