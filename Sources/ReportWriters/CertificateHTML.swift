// SPDX-License-Identifier: Apache-2.0
//
// The certificate as one HTML page without scripts: a sentence and a table for whoever decides, and
// below them the evidence for whoever has to mend something. What passed is folded away.

package import RunRecord

/// Renders the record of a certification.
package struct CertificateHTML {
  let certificate: Certificate
  var record: RunRecord { certificate.record }

  /// nil where the record is none of a certification.
  package init?(of record: RunRecord) {
    guard let certificate = Certificate(of: record) else { return nil }
    self.certificate = certificate
  }

  /// The whole page.
  package var text: String {
    let failures = certificate.findings(["fail", "error"])
    let warnings = certificate.findings(["warn"])
    var page = HTML.head(
      title: "Certificate · \(certificate.name)", style: CertificateStyle.text)
    page += head
    page += HTML.section("Verdicts by RFC", table)
    if !failures.isEmpty {
      page += HTML.section(
        "What is broken", failures.map { finding($0, isOpen: true) }.joined())
    }
    if !warnings.isEmpty {
      page += HTML.section(
        "Warnings",
        note("A SHOULD that is not followed, or the right outcome with an unexpected code.")
          + warnings.map { finding($0, isOpen: false) }.joined())
    }
    page += waivers
    page += unjudged
    page += facts
    page += HTML.section("By section", chapters)
    page += HTML.section("How to repeat", again)
    page += "<footer>\(HTML.escaped(record.tool.name)) \(HTML.escaped(record.tool.version)), "
    page += "record form \(RunRecord.schemaVersion). Rendered from run.json.</footer>\n"
    return page + HTML.foot
  }

  func note(_ text: String) -> String { "<p class=\"sub\">\(HTML.escaped(text))</p>" }

  // MARK: Head

  private var head: String {
    let (outcome, sentence) = certificate.sentence
    let target = certificate.rows.target
    let words: [Certificate.Outcome: String] = [
      .pass: "Passed", .fail: "Failed", .warn: "Not judged to the end",
    ]
    var page = "<p class=\"mark\">Relaymark certificate</p>\n"
    page += "<h1>\(HTML.escaped(certificate.name))</h1>\n"
    page += "<p class=\"sub\">\(HTML.escaped(target)), \(HTML.escaped(record.started)), took "
    page += "\(HTML.escaped(Figures.duration(seconds: record.duration)))</p>\n"
    page += "<section class=\"banner \(outcome.rawValue)\">"
    page += "<strong>\(words[outcome] ?? "")</strong>\(HTML.escaped(sentence))"
    page += "<p class=\"sub\">\(HTML.escaped(certificate.tally))</p></section>\n"
    return page + cards
  }

  /// The four numbers for whoever reads no further.
  private var cards: String {
    let checks = record.checks
    let must = checks.filter { certificate.level(of: $0) == .must }
    let held = must.count { ["pass", "info"].contains($0.standing) }
    let judged = must.count { ["pass", "info", "warn", "fail", "waived"].contains($0.standing) }
    let secure = certificate.findings(["fail"]).filter { $0.check.severity != nil }
    let cards = [
      ("\(Figures.count(held)) of \(Figures.count(judged))", "verdicts on a MUST pass"),
      (Figures.count(Set(certificate.findings(["fail"]).map(\.check.id)).count), "checks fail"),
      (Figures.count(Set(secure.map(\.check.id)).count), "of them of security"),
      (Figures.count(Set(certificate.findings(["waived"]).map(\.check.id)).count), "waived"),
      (
        Figures.count(Set(certificate.unjudged.flatMap(\.ids)).count),
        "not judged everywhere"
      ),
    ]
    let items = cards.map { value, name in
      "<div><b>\(HTML.escaped(value))</b><span>\(HTML.escaped(name))</span></div>"
    }
    return "<div class=\"cards\">\(items.joined())</div>\n"
  }

  // MARK: Table

  private static let header = ["part", "level"] + Certificate.Counts.words

  private var table: String {
    var lines = certificate.levels(of: record.checks).map { level, checks in
      line("all", level, checks, style: "sum")
    }
    for chapter in certificate.chapters {
      for (place, entry) in certificate.levels(of: chapter.checks).enumerated() {
        lines.append(
          line(
            place == 0 ? chapter.title : "", entry.level, entry.checks,
            style: place == 0 ? "top" : ""))
      }
    }
    let cells = Self.header.enumerated().map { column, name in
      "<th\(column < 2 ? "" : " class=\"n\"")>\(name)</th>"
    }
    return note("A check counts once for every role and gate at which it was run.")
      + "<div class=\"scroll\"><table class=\"verdicts\"><thead><tr>\(cells.joined())<th></th>"
      + "</tr></thead>\n<tbody>\(lines.joined(separator: "\n"))</tbody></table></div>"
  }

  private func line(
    _ name: String, _ level: Certificate.Level, _ checks: [CheckRecord], style: String
  ) -> String {
    let counts = Certificate.Counts(checks)
    let cells = zip(Certificate.Counts.words, counts.cells).map { word, text in
      "<td class=\"n\(text.isEmpty ? "" : " c-\(word)")\">\(text)</td>"
    }
    let words = level == .other ? "other" : level.rawValue
    let title = HTML.escaped(name)
    return "<tr class=\"\(style)\"><td>\(title)</td><td>\(words)</td>\(cells.joined())"
      + "<td>\(bar(counts))</td></tr>"
  }

  /// The counts as a bar of a fixed width.
  private func bar(_ counts: Certificate.Counts) -> String {
    let width = 110.0
    var place = 0.0
    var parts = ""
    for word in Certificate.Counts.words where counts[word] > 0 {
      let part = Double(counts[word]) / Double(max(counts.total, 1)) * width
      let (x, length) = (Figures.fixed(place, places: 1), Figures.fixed(max(part, 1), places: 1))
      parts += "<rect class=\"b-\(word)\" x=\"\(x)\" width=\"\(length)\" height=\"9\"/>"
      place += part
    }
    return "<svg class=\"mini\" viewBox=\"0 0 110 9\" width=\"110\" height=\"9\" "
      + "role=\"img\" aria-label=\"\(counts[Certificate.Counts.words[0]]) of \(counts.total) pass\">"
      + "\(parts)</svg>"
  }

  private var again: String {
    "<pre>\(HTML.escaped(ShellText.line(record.tool.command)))</pre>"
      + note("seed \(record.tool.seed); passwords come from the environment and stand nowhere here")
  }
}
