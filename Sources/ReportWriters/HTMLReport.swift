// SPDX-License-Identifier: Apache-2.0
//
// `report.html`: one self-contained page for a manager to read and an engineer to trust. Everything on
// it comes from the record.

package import RunRecord

/// Renders a record as one HTML page without scripts.
package struct HTMLReport {
  let rows: SummaryRows
  var record: RunRecord { rows.record }

  package init(of record: RunRecord) { rows = SummaryRows(record: record) }

  /// The whole page.
  package var text: String {
    var page = HTML.head(title: "\(record.scenario.title) · \(rows.target)")
    page += header
    page += banner
    if let reuse = record.reuse { page += reuseSection(reuse) }
    if !record.thresholds.isEmpty { page += HTML.section("Thresholds", thresholds) }
    if let load = record.load { page += loadSections(load) }
    if !record.checks.isEmpty { page += checkSections }
    page += HTML.section("Target", HTML.facts(cells: targetFacts))
    page += HTML.section("Run it again", again)
    page += "<footer>\(HTML.escaped(record.tool.name)) \(HTML.escaped(record.tool.version)), "
    page += "record form \(RunRecord.schemaVersion). Rendered from run.json.</footer>\n"
    return page + HTML.foot
  }

  private var header: String {
    "<p class=\"mark\">Relaymark report</p>\n<h1>\(HTML.escaped(record.scenario.title))</h1>\n"
      + "<p class=\"sub\">\(HTML.escaped(record.scenario.id)) against \(HTML.escaped(rows.target)), "
      + "\(HTML.escaped(record.started)), took "
      + "\(HTML.escaped(Figures.duration(seconds: record.duration)))</p>\n"
  }

  /// The verdict of the whole run in one sentence.
  private var banner: String {
    let (style, words, detail) = verdict
    return "<section class=\"banner \(style)\"><strong>\(HTML.escaped(words))</strong>"
      + "\(HTML.escaped(detail))</section>\n"
  }

  private var verdict: (style: String, words: String, detail: String) {
    if record.interrupted {
      return ("warn", "Interrupted", "Stopped before its end; the figures are those of a part.")
    }
    if let invalidity = rows.invalidity {
      return ("warn", "Not a valid measurement", invalidity)
    }
    let crossed = record.thresholds.filter { !$0.holds }
    if !crossed.isEmpty {
      let list = crossed.map { "\($0.metric) \($0.limit) (measured \($0.measured))" }
      return ("fail", "A threshold was crossed", list.joined(separator: "; "))
    }
    let words = record.checks.isEmpty ? headline : rows.tally
    switch record.exit {
    case 0: return ("pass", "Passed", words)
    case 1: return ("fail", "Failed", words)
    case 3: return ("warn", "Could not be judged", words)
    default: return ("warn", "Ended with exit code \(record.exit)", words)
    }
  }

  private var headline: String { record.load.map { rows.headline(of: $0) } ?? "" }

  private var thresholds: String {
    HTML.table(
      ["threshold", "measured", "verdict"],
      cells: record.thresholds.enumerated().map { place, threshold in
        [
          HTML.Cell("\(threshold.metric) \(threshold.limit)"),
          HTML.Cell(threshold.measured, field: "/thresholds/\(place)/measured"),
          HTML.Cell(
            threshold.holds ? "holds" : "crossed", style: threshold.holds ? "pass" : "fail"),
        ]
      }, textColumns: [0, 1, 2])
  }

  private var targetFacts: [(label: String, cell: HTML.Cell)] {
    let target = record.target
    var facts: [(label: String, cell: HTML.Cell)] = [("endpoint", HTML.Cell(rows.target))]
    if let greeting = target.greeting {
      facts.append(("greeting", HTML.Cell(greeting, field: "/target/greeting")))
    }
    if !target.capabilities.isEmpty {
      facts.append(("capabilities", HTML.Cell(target.capabilities.joined(separator: ", "))))
    }
    guard let tls = target.tls else { return facts + [("TLS", "not used")] }
    let texts: [(String, String?, String)] = [
      ("TLS version", tls.version, "version"), ("cipher", tls.cipher, "cipher"),
      ("group", tls.group, "group"), ("certificate for", tls.subject, "subject"),
      ("issued by", tls.issuer, "issuer"), ("verification", tls.verification, "verification"),
    ]
    for case (let label, let text?, let member) in texts {
      facts.append((label, HTML.Cell(text, field: "/target/tls/\(member)")))
    }
    if !tls.names.isEmpty {
      facts.append(("names", HTML.Cell(tls.names.joined(separator: ", "))))
    }
    if let from = tls.notBefore, let to = tls.notAfter {
      facts.append(("valid", HTML.Cell("\(from) to \(to)")))
    }
    return facts
  }

  private var again: String {
    var command = record.tool.command
    if !command.contains(where: { $0 == "--seed" || $0.hasPrefix("--seed=") }) {
      command += ["--seed", String(record.tool.seed)]
    }
    let words = command.map { word in
      word.contains(where: { " $'\"\\".contains($0) })
        ? "'"
          + word.split(separator: "'", omittingEmptySubsequences: false)
          .joined(separator: "'\\''") + "'" : word
    }
    return "<pre>\(HTML.escaped(words.joined(separator: " ")))</pre>"
      + "<p class=\"sub\">The seed makes the run send the same messages in the same order.</p>"
  }
}
