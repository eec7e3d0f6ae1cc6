// SPDX-License-Identifier: Apache-2.0
//
// Proves that the summaries say what a reader must not miss, and that nothing a peer wrote becomes
// markup or control characters of the document.

import ReportWriters
import RunRecord
import Testing

@Suite struct SummaryTests {
  @Test("A failed check shows expected, actual, reason and transcript")
  func failedCheck() {
    let record = TranscriptFiles.named(Samples.full)
    let text = TextSummary(of: record, folder: "Reports/x", colour: false).text
    for part in [
      "fail", "DATA without recipients is refused", "503|554", "354 go *ahead*", "step 3",
      "transcripts/rfc5321-data.txt", "\nReports/x/\n", "3 checks: 1 pass, 1 skipped, 1 fail",
    ] {
      #expect(text.contains(part), "\(part) in\n\(text)")
    }
  }

  @Test("A load shows outcomes, latency, refusals, memory, validity and interruption")
  func load() {
    let text = TextSummary(of: Samples.full, folder: nil, colour: false).text
    for part in [
      "9,990 messages accepted in 1.25 s: 8,000/s", "closed loop", "100 sessions",
      "1..50 messages a connection", "99.90 %", "not started", "p99.9", "12.3 ms", "1.50 s",
      "no code × 1", "550 5.1.1 no such user", "5 × connection refused", "100 full, 105 resumed",
      "31.5 µs of CPU a message, 75 % of a core in 2 workers", "41.0 KiB a session with 100 open",
      "TLS 1.3, TLS_AES_256_GCM_SHA384, certificate verified", "not valid: own CPU saturated",
      "interrupted", "errors ==0", "crossed",
    ] {
      #expect(text.contains(part), "\(part) in\n\(text)")
    }
  }

  @Test("Colour marks verdicts only where it is wanted", arguments: [true, false])
  func colour(wanted: Bool) {
    let text = TextSummary(of: Samples.full, folder: nil, colour: wanted).text
    #expect(text.contains("\u{1B}[") == wanted)
  }

  @Test("Markdown escapes what a peer wrote and fences transcripts safely")
  func markdown() {
    let text = MarkdownSummary(of: Samples.full).text
    #expect(text.contains("A \\<third\\> check"))
    #expect(text.contains("354 go \\*ahead\\*"))
    #expect(text.contains("\n````text\n-> DATA\n<- 354 go *ahead* ```\n````\n"))
    #expect(text.contains("| p50 |") && text.contains("**crossed**"))
    #expect(text.contains("**not valid**: own CPU saturated"))
  }

  @Test(
    "Durations keep three digits and a fitting unit",
    arguments: [
      (0, "0 µs"), (0.5, "0.500 µs"), (9.994, "9.99 µs"), (9.996, "10.0 µs"), (812.4, "812 µs"),
      (999.6, "1.00 ms"), (12_340, "12.3 ms"), (999_600, "1.00 s"), (61_200_000, "61.2 s"),
      (125_000_000, "2 min 5 s"), (-1, "-"), (.infinity, "-"),
    ] as [(Double, String)])
  func durations(microseconds: Double, text: String) {
    #expect(Figures.duration(microseconds: microseconds) == text)
  }

  @Test(
    "A share is never rounded to all or nothing",
    arguments: [
      (0, 10, "0 %"), (10, 10, "100 %"), (99_999, 100_000, ">99.99 %"), (1, 1_000_000, "<0.01 %"),
      (1, 3, "33.33 %"), (0, 0, "-"),
    ])
  func shares(part: Int, total: Int, text: String) {
    #expect(Figures.share(part, of: total) == text)
  }

  @Test(
    "Counts are grouped by thousands",
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
  func counts(number: Int, text: String) {
    #expect(Figures.count(number) == text)
  }

  @Test(
    "Octets take binary units",
    arguments: [(0, "0 B"), (1_023, "1023 B"), (1_024, "1.00 KiB"), (5_500_000, "5.25 MiB")]
      as [(Double, String)])
  func octets(number: Double, text: String) {
    #expect(Figures.octets(number) == text)
  }
}
