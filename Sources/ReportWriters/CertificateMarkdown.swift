// SPDX-License-Identifier: Apache-2.0
//
// The certificate for a ticket, a pull request or a wiki page.

package import RunRecord

/// Renders the record of a certification as Markdown.
package struct CertificateMarkdown {
  private let certificate: Certificate

  /// nil where the record is none of a certification.
  package init?(of record: RunRecord) {
    guard let certificate = Certificate(of: record) else { return nil }
    self.certificate = certificate
  }

  /// The whole document, ending in a newline.
  package var text: String {
    let record = certificate.record
    let (_, sentence) = certificate.sentence
    var lines = ["# Certificate: \(Markdown.escaped(certificate.name))", ""]
    lines += [
      "**\(Markdown.escaped(sentence))**", "",
      "- target: \(Markdown.escaped(certificate.rows.target))",
      "- started: \(record.started), took \(Figures.duration(seconds: record.duration))",
      "- tool: \(record.tool.name) \(record.tool.version), seed \(record.tool.seed)",
      "- \(certificate.tally)",
    ]
    if let security = certificate.rows.security {
      lines.append("- security: \(Markdown.escaped(security))")
    }
    lines += ["", "## Verdicts by RFC", ""] + table
    lines += section("What is broken", ["fail", "error"], showsTranscript: true)
    lines += section("Warnings", ["warn"], showsTranscript: false)
    lines += section("Waived", ["waived"], showsTranscript: false)
    lines += staleLines + unjudgedLines + factLines
    lines += ["", "## How to repeat", ""] + Markdown.fenced([ShellText.line(record.tool.command)])
    return lines.joined(separator: "\n") + "\n"
  }

  private var table: [String] {
    let rows = certificate.chapters.flatMap { chapter in
      certificate.levels(of: chapter.checks).map { level, checks in
        [chapter.title, level == .other ? "other" : level.rawValue]
          + Certificate.Counts(checks).cells
      }
    }
    return Markdown.table(header: ["part", "level"] + Certificate.Counts.words, rows, left: 2)
  }

  private func section(
    _ title: String, _ marks: Set<String>, showsTranscript: Bool
  ) -> [String] {
    let findings = certificate.findings(marks)
    guard !findings.isEmpty else { return [] }
    return ["", "## \(title)"] + findings.flatMap { lines(of: $0, showsTranscript) }
  }

  private func lines(of finding: Certificate.Finding, _ showsTranscript: Bool) -> [String] {
    let check = finding.check
    let severity = check.standing == "fail" ? check.severity.map { ", severity \($0)" } ?? "" : ""
    let places = finding.places.isEmpty ? "" : " (\(finding.places.joined(separator: ", ")))"
    var lines = [
      "", "### \(check.standing)\(severity): \(Markdown.escaped(check.title))\(places)", "",
    ]
    lines.append("- check: `\(check.id)`")
    lines += certificate.rules(of: check).map { "- rule: \(Markdown.escaped($0))" }
    let evidence = [
      ("waived", check.waiver), ("expected", certificate.expected(of: check)),
      ("actual", certificate.actual(of: check)),
      ("where", check.reason), ("transcript", check.transcript),
    ]
    for case (let label, let text?) in evidence {
      lines.append("- \(label): \(Markdown.escaped(text))")
    }
    guard showsTranscript, !check.transcriptLines.isEmpty else { return lines }
    let marks = TranscriptMarks(
      check.transcriptLines, verdict: check.verdict, actual: check.actual)
    let shown = marks.excerpt().map { place in
      (marks.marked.contains(place) ? ">> " : "   ") + marks.lines[place]
    }
    return lines + [""] + Markdown.fenced(shown)
  }

  private var staleLines: [String] {
    let stale = certificate.staleWaivers
    guard !stale.isEmpty else { return [] }
    return ["", "## Waivers that no longer apply", ""]
      + stale.map {
        "- `\($0.check)`: **stale waiver**, \(Markdown.escaped("\($0.place): \($0.reason)"))"
      }
  }

  private var unjudgedLines: [String] {
    let groups = certificate.unjudged
    guard !groups.isEmpty else { return [] }
    return ["", "## What could not be judged, and why", ""]
      + Markdown.table(
        header: ["reason", "checks"], groups.map { [$0.reason, Figures.count($0.ids.count)] })
  }

  private var factLines: [String] {
    let gates = certificate.facts.gates
    guard !gates.isEmpty else { return [] }
    var lines = ["", "## At each gate", ""]
    lines += Markdown.table(
      header: ["role", "gate", "mail", "TLS", "EHLO offers"],
      gates.map { gate in
        [
          gate.role, gate.gate, gate.obstacle ?? "taken",
          gate.tls.map { "\($0.version), \($0.cipher)" } ?? "",
          gate.capabilities.joined(separator: ", "),
        ]
      }, left: 5)
    let measured = certificate.measurements
    guard !measured.isEmpty else { return lines }
    lines += ["", "## Measured on the way", ""]
    lines += Markdown.table(
      header: ["check", "where", "what", "value"],
      measured.map { [$0.title, $0.place, $0.name, $0.value] }, left: 3)
    return lines
  }
}
