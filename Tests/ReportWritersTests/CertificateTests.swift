// SPDX-License-Identifier: Apache-2.0
//
// The certificate: what it counts, in which order it tells, and that its three forms say the same.

import Foundation
import FoundationXML
import JSONText
import RunRecord
import Testing

@testable import ReportWriters

@Suite struct CertificateTests {
  static func check(
    _ id: String, _ verdict: String, role: String = "relay", gate: String = "clear",
    rules: [String] = ["5321-must"], severity: String? = nil, waiver: String? = nil,
    actual: String? = "250 ok", reason: String? = "NOOP, line 3", lines: [String] = []
  ) -> CheckRecord {
    var check = CheckRecord(
      id: id, title: "Title of \(id)", verdict: verdict, requirements: rules,
      expected: "pass 250|251; warn 2xx; fail 5xx", actual: actual, severity: severity,
      reason: reason, transcriptLines: lines)
    (check.role, check.gate, check.waiver) = (role, gate, waiver)
    return check
  }

  static func record(_ checks: [CheckRecord], waivers: [WaiverRecord] = []) -> RunRecord {
    var record = Samples.least
    record.target.name = "mx <1>"
    record.scenario = ScenarioFacts(id: "certify", title: "Certification")
    record.checks = checks
    record.certificate = CertificateRecord(
      requirements: [
        RequirementRecord(
          id: "5321-must", rfc: 5321, section: "4.1", level: "MUST NOT", title: "A rule"),
        RequirementRecord(
          id: "5321-should", rfc: 5321, section: "4.1", level: "SHOULD", title: "Another"),
      ],
      gates: [
        GateRecord(
          role: "relay", gate: "clear", greeting: "220 mx", capabilities: ["SIZE 100"],
          timings: [GateRecord.Timing(name: "greeting", text: "1.2 ms")])
      ], waivers: waivers)
    return record
  }

  static let mixed = record(
    [
      check("rfc5321/4.1.10-b/x", "pass"), check("rfc5321/4.1.2-a/x", "fail", severity: "low"),
      check("rfc5321/4.1.2-a/x", "fail", gate: "TLS", severity: "low"),
      check("rfc5321/4.1.2-a/y", "fail"), check("rfc3207/2-k/x", "fail", severity: "critical"),
      check("rfc3207/2-k/y", "warn", rules: ["5321-should"]),
      check("rfc3207/2-k/z", "fail", waiver: "known for years"),
      check(
        "rfc3207/2-k/s", "skipped", actual: nil, reason: "the target does not offer <CHUNKING>"),
      check("rfc3207/2-k/t", "inconclusive", reason: "NOOP, line 3: no second hello"),
      check("rfc3207/2-k/u", "inconclusive", reason: "EHLO, line 9: no second hello"),
      check("invariants/reply-text", "info", rules: []),
    ],
    waivers: [
      WaiverRecord(
        check: "rfc3207/2-k/z", verdicts: ["fail"], reason: "known for years", place: "w.json:3",
        state: .applied, count: 1),
      WaiverRecord(
        check: "rfc3207/2-k/q", verdicts: ["fail"], reason: "mended", place: "w.json:4",
        state: .stale, count: 0),
    ])

  @Test("A record of anything else has no certificate")
  func onlyCertifications() {
    #expect(Certificate(of: Samples.least) == nil)
    #expect(CertificateHTML(of: Samples.least) == nil)
  }

  @Test("The folder of a certification holds its certificate, page and Markdown")
  func folder() throws {
    try withFolder { parent in
      let written = try RunFolder.write(Self.mixed, into: parent)
      for (name, words) in [
        ("report.html", "Relaymark certificate"), ("summary.md", "# Certificate: "),
      ] {
        let text = try WholeFile.read("\(written.path)/\(name)", limit: 1_000_000)
        #expect(String(decoding: text, as: UTF8.self).contains(words), "\(name)")
      }
    }
  }

  @Test("Sections stand in the order of their numbers, below their RFC")
  func order() throws {
    let chapters = try #require(Certificate(of: Self.mixed)).chapters
    #expect(chapters.map(\.title) == ["RFC 3207, STARTTLS", "RFC 5321, SMTP", "Every reply"])
    #expect(chapters[1].sections.map(\.place.section) == ["4.1.2", "4.1.10"])
    #expect(chapters[1].sections.map(\.place.topic) == ["a", "b"])
  }

  @Test("Findings come security first, then MUST, and once for all places where they are alike")
  func findings() throws {
    let certificate = try #require(Certificate(of: Self.mixed))
    let found = certificate.findings(["fail", "warn"])
    #expect(
      found.map(\.check.id)
        == ["rfc3207/2-k/x", "rfc5321/4.1.2-a/x", "rfc5321/4.1.2-a/y", "rfc3207/2-k/y"])
    #expect(found[1].places == ["clear", "TLS"])
  }

  @Test("Verdicts are counted by level, waived ones apart")
  func counts() throws {
    let certificate = try #require(Certificate(of: Self.mixed))
    let levels = certificate.levels(of: certificate.record.checks)
    #expect(levels.map(\.level) == [.must, .should, .other])
    let must = Certificate.Counts(levels[0].checks)
    #expect(must["pass"] == 1 && must["fail"] == 4 && must["waived"] == 1)
    #expect(must["skipped"] == 1 && must["inconclusive"] == 2 && must.total == 9)
    #expect(Certificate.Counts(levels[1].checks)["warn"] == 1)
  }

  @Test("What could not be judged is grouped by its reason, without the step")
  func unjudged() throws {
    let groups = try #require(Certificate(of: Self.mixed)).unjudged
    #expect(groups.map(\.reason) == ["no second hello", "the target does not offer <CHUNKING>"])
    #expect(groups.map(\.ids.count) == [2, 1])
  }

  @Test(
    "One sentence gives the verdict",
    arguments: [
      (["pass"], [], "mx <1> breaks no rule. 1 check came to a verdict.", "pass"),
      (
        ["pass", "warn"], [],
        "mx <1> breaks no rule. 2 checks came to a verdict, 1 of them with a warning.", "pass"
      ),
      (
        ["pass", "fail"], ["why"],
        "mx <1> breaks no rule beyond 1 known failure, waived here. 2 checks came to a verdict.",
        "pass"
      ),
      (["pass", "fail"], [], "mx <1> fails 1 of 2 checks.", "fail"),
      (["skipped"], [], "mx <1> could not be judged: it is off.", "warn"),
    ] as [([String], [String], String, String)])
  func sentence(verdicts: [String], waivers: [String], text: String, outcome: String) throws {
    let checks = verdicts.enumerated().map { number, verdict in
      Self.check(
        "rfc5321/4-a/\(number)", verdict, waiver: verdict == "fail" ? waivers.first : nil,
        reason: "it is off")
    }
    let sentence = try #require(Certificate(of: Self.record(checks))).sentence
    #expect(sentence.text == text && sentence.outcome.rawValue == outcome)
  }

  @Test("A failure of security is named with the gravest severity")
  func security() throws {
    let sentence = try #require(Certificate(of: Self.mixed)).sentence
    #expect(
      sentence.text
        == "mx <1> fails 3 of 6 checks; 2 findings of security, the gravest of severity critical; 1 known failure waived."
    )
  }

  @Test("The page is well formed, holds no script and nothing from outside, and escapes peers")
  func page() throws {
    let page = try #require(CertificateHTML(of: Self.mixed)).text
    for word in ["<script", "http://", "https://", " src=", "@import", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("mx &lt;1&gt;") && page.contains("&lt;CHUNKING&gt;"))
    #expect(page.contains("<b>stale waiver</b>, w.json:4: mended"))
    #expect(page.contains("known for years") && page.contains("greeting 1.2 ms"))
    #expect(page.contains("RFC 5321 section 4.1 (MUST NOT): A rule"))
    let body = try #require(page.range(of: "<body>"))
    let text = page[body.lowerBound...].replacing("</html>", with: "")
      .replacing("<details open>", with: "<details>")
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError)) \(parser.lineNumber)")
  }

  @Test("Text and Markdown say the same as the page")
  func otherForms() throws {
    let text = try #require(
      CertificateText(of: Self.mixed, folder: "Reports/x", colour: false)
    ).text
    let markdown = try #require(CertificateMarkdown(of: Self.mixed)).text
    let certificate = try #require(Certificate(of: Self.mixed))
    for form in [text, markdown.replacing("\\", with: "")] {
      #expect(form.contains(certificate.sentence.text))
      #expect(form.contains(certificate.tally))
      #expect(form.contains("stale waiver"))
      for finding in certificate.findings(["fail", "warn", "waived"]) {
        #expect(form.contains(finding.check.id), "\(finding.check.id)")
      }
    }
    #expect(text.hasSuffix("\nReports/x/\n"))
    #expect(!text.contains("Title of rfc5321/4.1.10-b/x"), "passes are counts on a terminal")
    #expect(text.contains("  expected     250 or 251; 2xx with a warning\n"))
  }

  @Test("JUnit has a suite for each section with the right counters, and waived ones skipped")
  func junit() throws {
    let xml = JUnitReport(of: Self.mixed).text
    #expect(
      xml.contains(
        "<testsuite name=\"RFC 3207 section 2\" tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"4\""
      ))
    #expect(
      xml.contains(
        "<testsuite name=\"RFC 5321 section 4.1.2\" tests=\"3\" failures=\"3\" errors=\"0\" skipped=\"0\""
      ))
    #expect(xml.contains("name=\"Title of rfc5321/4.1.2-a/x (relay, TLS)\""))
    #expect(xml.contains("<skipped message=\"waived fail: known for years; "))
    #expect(xml.contains("<property name=\"waiver\" value=\"known for years\"/>"))
  }
}

@Suite struct TranscriptMarksTests {
  private func marked(_ lines: [String], _ verdict: String, actual: String? = nil) -> [String] {
    let marks = TranscriptMarks(lines, verdict: verdict, actual: actual)
    return marks.marked.sorted().map { lines[$0] }
  }

  @Test("The remark of the verdict and the whole reply before it are marked")
  func remark() {
    let lines = [
      "   0.001 <- 220 hi", "   0.002 -> EHLO x", "   0.003 <- 250-one", "   0.003 <- 250-two",
      "   0.003 <- 250 three", "   0.003 ** fail: EHLO x: expected 5xx, got 250",
      "   0.004 -> QUIT",
    ]
    #expect(marked(lines, "fail") == Array(lines[2...5]))
    #expect(marked(lines, "warn").isEmpty)
  }

  @Test("Before an end the replies that nobody had asked for are marked, and named")
  func unasked() {
    let lines = [
      "   0.001 -> .", "   0.002 <- 250 queued", "   0.002 <- 250 smuggled", "   0.003 <- 221 bye",
      "   0.003 -> QUIT", "   0.003 ** connection closed by the target (FIN)",
      "   0.003 ** fail: QUIT: expected 221, got connection closed by the target (FIN)",
    ]
    #expect(marked(lines, "fail") == [lines[2], lines[3], lines[5], lines[6]])
    let marks = TranscriptMarks(lines, verdict: "fail", actual: nil)
    #expect(marks.unasked == ["250 smuggled", "221 bye"])
  }

  @Test("Where there is no remark, the reply that the evidence quotes is marked")
  func quoted() {
    let lines = ["   0.001 -> NOOP", "   0.002 ~> x", "   0.002 <~ 250 f\\xfcr"]
    #expect(marked(lines, "fail", actual: "250 f\\xfcr") == [lines[2]])
  }

  @Test("An excerpt keeps to the session of the fault, and a short transcript is whole")
  func excerpt() {
    let filler = (0..<40).map { "   0.00\($0 % 10) -> line" }
    let fault = ["   1.000 <- 250 no", "   1.000 ** fail: x: expected 5xx, got 250 no"]
    let lines = ["=== one"] + filler + ["=== two", "   0.9 -> x"] + fault + ["=== three"] + filler
    let marks = TranscriptMarks(lines, verdict: "fail", actual: nil)
    #expect(marks.excerpt() == 41..<45)
    #expect(TranscriptMarks(fault, verdict: "fail", actual: nil).excerpt() == 0..<2)
    #expect(TranscriptMarks(filler, verdict: "fail", actual: nil).excerpt() == 0..<28)
  }
}
