// SPDX-License-Identifier: Apache-2.0

import Histogram
import ReportWriters
import RunRecord
import Testing

@Suite struct MergingTests {
  private func record(_ samples: [UInt64]) -> LatencyRecord {
    var histogram = Histogram<UInt64>(
      lowestDiscernibleValue: 1_000, highestTrackableValue: 1_000_000_000,
      numberOfSignificantValueDigits: .three)
    histogram.autoResize = true
    for sample in samples { histogram.record(sample) }
    func microseconds(_ value: UInt64) -> Double { Double(value) / 1000 }
    func percentile(_ rank: Double) -> Double {
      microseconds(min(histogram.valueAtPercentile(rank), histogram.maxRecorded))
    }
    return LatencyRecord(
      count: Int(histogram.totalCount), min: microseconds(histogram.min), p50: percentile(50),
      p90: percentile(90), p99: percentile(99), p999: percentile(99.9),
      max: microseconds(histogram.maxRecorded), mean: histogram.mean / 1000,
      buckets: histogram.recordedValues().map {
        LatencyRecord.Bucket(value: $0.value, count: UInt64($0.count))
      })
  }

  @Test("The union of distributions is exactly the distribution of the union", arguments: 1...20)
  func union(seed: UInt64) {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      // Between a microsecond and some seconds, most of them short.
      return 1_000 + (state % 4_000_000_000) >> (state >> 59)
    }
    let parts = (0..<3).map { part in (0..<(part * 700 + 1)).map { _ in next() } }
    let merged = LatencyRecord(merging: parts.map(record))
    let whole = record(parts.flatMap(\.self))
    #expect(merged.buckets == whole.buckets)
    #expect(merged.count == whole.count && merged.min == whole.min && merged.max == whole.max)
    #expect(merged.p50 == whole.p50 && merged.p90 == whole.p90)
    #expect(merged.p99 == whole.p99 && merged.p999 == whole.p999)
    #expect(abs(merged.mean - whole.mean) <= whole.mean / 100)
  }

  @Test(
    "Counts are added, a part that is not valid makes the whole so, and without load there is none")
  func records() throws {
    var other = Samples.full
    other.valid = true
    let merged = try #require(RunRecord.merged([Samples.full, other]))
    #expect(merged.load?.messages.attempted == 20_000)
    #expect(merged.load?.messages.isBalanced == true)
    #expect(merged.load?.replies[250] == 78_000)
    #expect(merged.load?.stages["rcpt"]?["550"] == 6)
    #expect(merged.load?.timeline.first?.accepted == 7_980)
    #expect(merged.load?.positions.map(\.latency.count) == [10, 14])
    #expect(
      merged.load?.reopening
        == ReopenRecord(policy: "250ms", pauses: 24, paused: 6.25, stopped: 2))
    #expect(!merged.valid)
    #expect(RunRecord.merged([Samples.full, Samples.least]) == nil)
  }

  @Test("The tables for other tools hold the record's figures")
  func tables() throws {
    let load = try #require(Samples.full.load)
    let csv = TimelineCSV.text(of: load).split(separator: "\n")
    #expect(csv.count == 4 && csv[1] == "0,4000,3990,0,100,800.0,2000.0")
    #expect(csv[3] == "2,0,0,0,0,,")
    let percentiles = PercentileFile.text(of: load)
    #expect(percentiles.contains("# mail\n"))
    #expect(percentiles.contains("0.020 0.999900000000       9999          10000.00"))
    let metrics = PrometheusText.text(of: Samples.full)
    #expect(metrics.contains("outcome=\"accepted\"} 9990\n"))
    #expect(metrics.contains("phase=\"mail\",quantile=\"0.99\"} 0.000900250\n"))
    for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(line.contains(/^relaymark_[a-z_]+\{[^}]*\} [0-9.]+$/), "\(line)")
    }
  }

  @Test("A folder is rendered again to the same files")
  func again() throws {
    try withFolder { parent in
      let written = try RunFolder.write(Samples.full, into: parent)
      let names = entries(written.path).sorted()
      #expect(
        names == [
          "junit.xml", "latency.hgrm", "metrics.prom", "report.html", "run.json", "summary.md",
          "timeline.csv", "transcripts",
        ])
      let again = try RunFolder.renderAgain(written.path)
      #expect(again.contains("report.html"))
      #expect(entries(written.path).sorted() == names)
    }
  }
}
