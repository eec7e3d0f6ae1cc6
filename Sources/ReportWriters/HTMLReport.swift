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
    if let load = record.load { page += loadSections(load) }
    if !record.thresholds.isEmpty { page += HTML.section("Thresholds", thresholds) }
    if !record.checks.isEmpty { page += checkSections }
    page += HTML.section("Target", HTML.facts(targetFacts))
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
      record.thresholds.map {
        ["\($0.metric) \($0.limit)", $0.measured, $0.holds ? "holds" : "crossed"]
      })
  }

  private var targetFacts: [(label: String, text: String)] {
    let target = record.target
    var facts = [(label: "endpoint", text: rows.target)]
    if let greeting = target.greeting { facts.append(("greeting", greeting)) }
    if !target.capabilities.isEmpty {
      facts.append(("capabilities", target.capabilities.joined(separator: ", ")))
    }
    guard let tls = target.tls else { return facts + [("TLS", "not used")] }
    var words = "\(tls.version), \(tls.cipher)"
    if let group = tls.group { words += ", \(group)" }
    facts.append(("TLS", words))
    if let subject = tls.subject {
      facts.append(("certificate", subject + (tls.issuer.map { ", issued by \($0)" } ?? "")))
    }
    if !tls.names.isEmpty { facts.append(("names", tls.names.joined(separator: ", "))) }
    if let from = tls.notBefore, let to = tls.notAfter {
      facts.append(("valid", "\(from) to \(to)"))
    }
    return facts + [("verification", tls.verification)]
  }

  private var again: String {
    let words = record.tool.command.map { word in
      word.contains(where: { " $'\"\\".contains($0) })
        ? "'"
          + word.split(separator: "'", omittingEmptySubsequences: false)
          .joined(separator: "'\\''") + "'" : word
    }
    return "<pre>\(HTML.escaped(words.joined(separator: " ")))</pre>"
      + "<p class=\"sub\">seed \(record.tool.seed)</p>"
  }
}
