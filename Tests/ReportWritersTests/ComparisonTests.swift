// SPDX-License-Identifier: Apache-2.0

import RunRecord
import Testing

@testable import ReportWriters

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
    #expect(text.contains("3 checks, 2 with different verdicts, 0 with other behaviour\n"))
    #expect(text.contains("-     fail  c\n"))
    #expect(!text.contains("  a\n"))
  }

  /// A certificate of a target with this name.
  private func certificate(_ name: String, _ checks: [CheckRecord]) -> RunRecord {
    var record = CertificateTests.record(checks)
    record.target.name = name
    return record
  }

  @Test("Certificates are compared by what the targets do, not by what could be asked of them")
  func certificates() throws {
    let check = CertificateTests.check
    let one = certificate(
      "one",
      [
        check("rfc5321/4.1.10-b/x", "pass", "relay", "clear", [], nil, nil, nil, nil, []),
        check("rfc5321/4.1.2-a/x", "fail", "relay", "clear", [], "high", "known", nil, nil, []),
        check("rfc5321/4.1.2-a/x", "skipped", "relay", "TLS", [], "high", nil, nil, nil, []),
        check("rfc5321/4.1.2-a/y", "skipped", "relay", "clear", [], nil, nil, nil, nil, []),
      ])
    let two = certificate(
      "two",
      [
        check("rfc5321/4.1.10-b/x", "pass", "relay", "clear", [], nil, nil, nil, nil, []),
        check("rfc5321/4.1.2-a/x", "pass", "relay", "clear", [], nil, nil, nil, nil, []),
        check("rfc5321/4.1.2-a/y", "pass", "relay", "clear", [], nil, nil, nil, nil, []),
      ])
    let comparison = Comparison(of: [one, two])
    #expect(
      comparison.matrix.map(\.id)
        == ["rfc5321/4.1.2-a/x", "rfc5321/4.1.2-a/y", "rfc5321/4.1.10-b/x"])
    #expect(comparison.matrix.map(\.behaves) == [true, false, false])
    #expect(comparison.columns == ["A one", "B two"])
    let text = ComparisonText(of: comparison, all: false).text
    #expect(text.contains("fail*  pass   rfc5321/4.1.2-a/x (high)\n"), "\(text)")
    #expect(!text.contains("a/y"))
    #expect(text.contains("1 more could be judged of some only; --all lists them\n"))
    #expect(ComparisonText(of: comparison, all: true).text.contains("a/y"))
    let page = ComparisonHTML(of: comparison).text
    #expect(page.contains("Where they behave differently") && page.contains("SIZE"))
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
