// SPDX-License-Identifier: Apache-2.0
//
// The certificate on a terminal: the verdict, a table, and what is not as it should be. Hundreds of
// passes would bury that, so they are counts here.

package import RunRecord

/// Renders the record of a certification for a terminal.
package struct CertificateText {
  private let certificate: Certificate
  private let layout: TextLayout
  private let folder: String?

  /// nil where the record is none of a certification.
  ///
  /// - Parameters:
  ///   - folder: Where the run's files are, nil when none were written.
  ///   - colour: Whether to mark verdicts with ANSI colours.
  package init?(of record: RunRecord, folder: String?, colour: Bool) {
    guard let certificate = Certificate(of: record) else { return nil }
    self.certificate = certificate
    layout = TextLayout(colour: colour)
    self.folder = folder
  }

  /// The whole summary, ending in a newline.
  package var text: String {
    let rows = certificate.rows
    var lines = ["\(certificate.record.scenario.id)  →  \(rows.target)"]
    if let security = rows.security { lines.append(security) }
    lines += ["", sentence, ""] + table
    for marks in [["fail", "error"], ["warn"], ["waived"]] as [Set<String>] {
      let findings = certificate.findings(marks)
      if !findings.isEmpty { lines.append("") }
      lines += findings.flatMap(lines(of:))
    }
    lines += staleLines + unjudgedLines + ["", certificate.tally]
    if certificate.record.interrupted { lines += ["", layout.painted("interrupted", "33")] }
    if let folder { lines += ["", "\(folder)/"] }
    return lines.joined(separator: "\n") + "\n"
  }

  private var sentence: String {
    let (outcome, text) = certificate.sentence
    let codes: [Certificate.Outcome: String] = [.pass: "32", .fail: "1;31", .warn: "33"]
    return layout.painted(text, codes[outcome] ?? "0")
  }

  private var table: [String] {
    var rows = [["", "level"] + Certificate.Counts.words]
    for chapter in certificate.chapters {
      for (place, entry) in certificate.levels(of: chapter.checks).enumerated() {
        let level = entry.level == .other ? "other" : entry.level.rawValue
        rows.append(
          [place == 0 ? chapter.title : "", level] + Certificate.Counts(entry.checks).cells)
      }
    }
    return layout.table(rows, indent: 2, left: 2)
  }

  private func lines(of finding: Certificate.Finding) -> [String] {
    let check = finding.check
    let places = finding.places.isEmpty ? "" : "  [\(finding.places.joined(separator: ", "))]"
    let severity =
      check.standing == "fail" ? check.severity.map { " (severity \($0))" } ?? "" : ""
    var evidence: [(label: String, text: String)] = [("check", check.id)]
    if let waiver = check.waiver { evidence.append(("waived", "\(check.verdict): \(waiver)")) }
    if check.standing != "waived" {
      evidence += certificate.rules(of: check).prefix(1).map { ("rule", $0) }
      if let expected = certificate.expected(of: check) { evidence.append(("expected", expected)) }
      if let actual = certificate.actual(of: check) { evidence.append(("actual", actual)) }
      if let reason = check.reason { evidence.append(("where", reason)) }
    }
    return ["\(layout.mark(check.standing, width: 8))\(check.title)\(severity)\(places)"]
      + layout.labelled(evidence, indent: 4)
  }

  private var staleLines: [String] {
    let stale = certificate.staleWaivers
    guard !stale.isEmpty else { return [] }
    return [""]
      + stale.map {
        layout.mark("warn", width: 8) + "stale waiver, \($0.place): \($0.reason)\n    \($0.check)"
      }
  }

  private var unjudgedLines: [String] {
    let groups = certificate.unjudged
    guard !groups.isEmpty else { return [] }
    let counts = groups.map { Figures.count($0.ids.count) }
    let width = counts.map(\.count).max() ?? 0
    return ["", "not judged:"]
      + zip(groups, counts).map { group, count in
        let space = String(repeating: " ", count: width - count.count)
        return "  \(space)\(count)  \(group.reason)"
      }
  }
}
