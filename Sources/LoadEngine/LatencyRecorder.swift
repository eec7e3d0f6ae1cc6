// SPDX-License-Identifier: Apache-2.0
//
// How long things took, by phase: one histogram each, nothing kept per sample. A worker has one of
// its own, so that recording needs no lock; recorders of one layout merge without loss.

import Histogram
package import RunRecord
package import ScenarioLanguage

/// One distribution of latencies; costs nothing until something is recorded.
package struct LatencyHistogram: Sendable {
  /// The longest latency told apart, ten minutes in nanoseconds; what takes longer counts as this.
  ///
  /// It is the longest wait of RFC 5321 section 4.5.3.2.
  package static let highest: UInt64 = 600_000_000_000
  /// Nothing on a socket is faster than a microsecond.
  private static let lowest: UInt64 = 1_000
  /// Where a histogram begins; it grows when something slower is recorded.
  private static let usual: UInt64 = 1_000_000_000

  /// One, or none before the first sample: an optional would be copied to be looked at.
  private var histograms: [Histogram<UInt64>] = []

  private var histogram: Histogram<UInt64>? { histograms.first }

  package init() {}

  /// Counts one sample; a clock that ran backwards counts as zero.
  package mutating func record(_ nanoseconds: Int64) {
    if histograms.isEmpty { histograms.append(Self.fresh()) }
    histograms[0].record(min(UInt64(max(nanoseconds, 0)), Self.highest))
  }

  /// Adds everything that another one counted.
  package mutating func merge(_ other: LatencyHistogram) {
    guard let added = other.histogram else { return }
    if histograms.isEmpty {
      histograms.append(added)
    } else {
      histograms[0].add(added)
    }
  }

  /// The number of samples.
  package var count: Int { Int(clamping: histogram?.totalCount ?? 0) }

  /// The value in microseconds that so many percent do not exceed; nil without samples.
  package func microseconds(at percentile: Double) -> Double? {
    guard let histogram, histogram.totalCount > 0 else { return nil }
    // A percentile is the upper end of a bucket; it may not lie above what was seen.
    return Self.microseconds(min(histogram.valueAtPercentile(percentile), histogram.maxRecorded))
  }

  /// How many samples exceed so many nanoseconds, as far as buckets tell.
  package func count(above nanoseconds: UInt64) -> Int {
    guard let histogram else { return 0 }
    return histogram.recordedValues().reduce(0) { sum, bucket in
      bucket.value > nanoseconds ? sum + Int(clamping: bucket.count) : sum
    }
  }

  /// The distribution as a record value; nil without samples.
  package var record: LatencyRecord? {
    guard let histogram, histogram.totalCount > 0 else { return nil }
    func percentile(_ rank: Double) -> Double { microseconds(at: rank) ?? 0 }
    return LatencyRecord(
      count: Int(clamping: histogram.totalCount), min: Self.microseconds(histogram.min),
      p50: percentile(50), p90: percentile(90), p99: percentile(99), p999: percentile(99.9),
      max: Self.microseconds(histogram.maxRecorded), mean: Self.rounded(histogram.mean / 1000),
      buckets: histogram.recordedValues().map {
        LatencyRecord.Bucket(value: $0.value, count: UInt64($0.count))
      })
  }

  private static func fresh() -> Histogram<UInt64> {
    var histogram = Histogram<UInt64>(
      lowestDiscernibleValue: lowest, highestTrackableValue: usual,
      numberOfSignificantValueDigits: .three)
    histogram.autoResize = true
    return histogram
  }

  private static func microseconds(_ nanoseconds: UInt64) -> Double {
    rounded(Double(nanoseconds) / 1000)
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// Latency distributions by phase.
package struct LatencyRecorder: Sendable {
  /// By `Phase.slot`.
  private var histograms = [LatencyHistogram](repeating: LatencyHistogram(), count: Phase.slots)

  package init() {}

  /// Counts one sample of a phase.
  package mutating func record(_ phase: Phase, nanoseconds: Int64) {
    histograms[phase.slot].record(nanoseconds)
  }

  /// Adds everything that another recorder counted.
  package mutating func merge(_ other: LatencyRecorder) {
    for slot in other.histograms.indices { histograms[slot].merge(other.histograms[slot]) }
  }

  /// The distribution of one phase.
  package subscript(phase: Phase) -> LatencyHistogram { histograms[phase.slot] }

  /// The number of samples of a phase.
  package func count(of phase: Phase) -> Int { histograms[phase.slot].count }

  /// The distributions as record values, by phase name, phases without samples left out.
  package func records() -> [String: LatencyRecord] {
    var records: [String: LatencyRecord] = [:]
    for phase in Phase.allCases {
      if let record = histograms[phase.slot].record { records[phase.rawValue] = record }
    }
    return records
  }
}

/// Latency by the place of the message on its connection.
struct PositionRecorder: Sendable {
  /// First and last place that are counted together: one by one where reuse pays, then in octaves.
  static let bands: [(first: Int, last: Int?)] = [
    (1, 1), (2, 2), (3, 3), (4, 4), (5, 8), (9, 16), (17, 32), (33, 64), (65, 128), (129, nil),
  ]

  private var histograms = [LatencyHistogram](
    repeating: LatencyHistogram(), count: PositionRecorder.bands.count)

  mutating func record(position: Int, nanoseconds: Int64) {
    histograms[Self.band(of: position)].record(nanoseconds)
  }

  mutating func merge(_ other: PositionRecorder) {
    for band in histograms.indices { histograms[band].merge(other.histograms[band]) }
  }

  /// The bands that have samples, in order.
  var records: [PositionRecord] {
    zip(Self.bands, histograms).compactMap { band, histogram in
      histogram.record.map { PositionRecord(first: band.first, last: band.last, latency: $0) }
    }
  }

  private static func band(of position: Int) -> Int {
    if position <= 4 { return max(0, position - 1) }
    // 5 to 8 is the fifth band, 9 to 16 the sixth.
    let octave = Int.bitWidth - (position - 1).leadingZeroBitCount
    return min(octave + 1, bands.count - 1)
  }
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
