// SPDX-License-Identifier: Apache-2.0

import ReportWriters
import RunRecord
import Testing

@Suite struct ComparisonTests {
  /// A record whose transactions took these microseconds.
  private func record(_ samples: [Int], checks: [(String, String)] = []) -> RunRecord {
    var record = Samples.least
    let counts = Dictionary(grouping: samples, by: \.self).mapValues(\.count)
    let buckets = counts.sorted { $0.key < $1.key }.map {
      LatencyRecord.Bucket(value: UInt64($0.key * 1000), count: UInt64($0.value))
    }
    let part = LatencyRecord(
      count: samples.count, min: Double(samples.min() ?? 0), p50: 0, p90: 0, p99: 0, p999: 0,
      max: Double(samples.max() ?? 0), mean: 0, buckets: buckets)
    var load = LoadRecord(model: "closed", sessions: 1)
    load.latency = ["transaction": LatencyRecord(merging: [part])]
    load.messages.attempted = samples.count
    load.messages.accepted = samples.count
    load.throughput = 100
    record.load = load
    record.checks = checks.map { CheckRecord(id: $0.0, title: "T \($0.0)", verdict: $0.1) }
    return record
  }

  @Test("A difference that many samples show is beyond chance, one that few show is not")
  func chance() throws {
    let fast = record((0..<10_000).map { 1000 + $0 % 100 })
    let slow = record((0..<10_000).map { 1200 + $0 % 100 })
    let rows = Comparison(of: [fast, slow, fast]).rows
    let median = try #require(rows.first { $0.metric == "transaction.p50" })
    #expect(median.differs == [false, true, false])
    #expect(try #require(median.ratio(1)) > 1.1)
    #expect(median.ratio(2) == 1)
    let few = Comparison(of: [record([1, 2, 3]), record([10, 20, 30])]).rows
    #expect(try #require(few.first { $0.metric == "transaction.p50" }).differs == [nil, nil])
  }

  @Test("Checks of several records make a matrix, the worst verdict of each counting")
  func matrix() {
    let first = record([1], checks: [("a", "pass"), ("b", "pass"), ("a", "warn")])
    let second = record([1], checks: [("a", "warn"), ("c", "fail")])
    let matrix = Comparison(of: [first, second]).matrix
    #expect(matrix.map(\.id) == ["a", "b", "c"])
    #expect(matrix.map(\.verdicts) == [["warn", "warn"], ["pass", nil], [nil, "fail"]])
    #expect(matrix.map(\.differs) == [false, true, true])
    let text = ComparisonText(of: Comparison(of: [first, second]), all: false).text
    #expect(text.contains("3 checks, 2 with different verdicts\n"))
    #expect(text.contains("-     fail  c\n"))
    #expect(!text.contains("  a\n"))
  }

  @Test("Figures are found by the names of thresholds")
  func metrics() {
    let full = Samples.full
    #expect(Comparison.value(of: "throughput", in: full) == 8000.125)
    #expect(Comparison.value(of: "errors", in: full) == 0.001)
    #expect(Comparison.value(of: "mail.p99", in: full) == 900.25)
    #expect(Comparison.value(of: "mail.p12", in: full) == nil)
    #expect(Comparison.value(of: "nothing.p99", in: full) == nil)
    #expect(Comparison.value(of: "throughput", in: Samples.least) == nil)
  }

  @Test("The page shows what the records say, as text")
  func page() {
    var record = Samples.full
    record.checks[0].title = "<script>alert(1)</script>"
    let page = ComparisonHTML(of: Comparison(of: [record, Samples.full])).text
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(!page.contains("<script"))
  }
}
