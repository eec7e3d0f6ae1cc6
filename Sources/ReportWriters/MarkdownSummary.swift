// SPDX-License-Identifier: Apache-2.0
//
// `summary.md`: the summary of a run for a pull request, a ticket or a wiki page.

package import RunRecord

/// Renders a record as Markdown.
package struct MarkdownSummary {
  private let rows: SummaryRows

  package init(of record: RunRecord) { rows = SummaryRows(record: record) }

  /// The whole document, ending in a newline.
  package var text: String {
    let record = rows.record
    var lines = ["# \(Markdown.escaped(record.scenario.title))", ""]
    lines += [
      "- scenario: `\(record.scenario.id)`",
      "- target: \(Markdown.escaped(rows.target))",
      "- started: \(record.started), took \(Figures.duration(seconds: record.duration))",
      "- tool: \(record.tool.name) \(record.tool.version), seed \(record.tool.seed)",
    ]
    if let security = rows.security { lines.append("- security: \(Markdown.escaped(security))") }
    if let invalidity = rows.invalidity {
      lines.append("- **not valid**: \(Markdown.escaped(invalidity))")
    }
    if record.interrupted { lines.append("- **interrupted** before its end") }
    lines.append("")
    if !record.checks.isEmpty { lines += checkLines }
    if let reuse = record.reuse { lines += reuseLines(reuse) }
    if let load = record.load { lines += loadLines(load) }
    if !record.thresholds.isEmpty { lines += thresholdLines }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private var checkLines: [String] {
    var lines = ["## Checks", "", rows.tally, ""]
    lines += Markdown.table(
      header: ["verdict", "check", "time"],
      rows.record.checks.map {
        [$0.standing, $0.title, rows.time(of: $0)]
      })
    for check in rows.record.checks {
      let evidence = rows.evidence(of: check)
      if evidence.isEmpty { continue }
      lines += ["", "### \(Markdown.escaped(check.title))", ""]
      lines += evidence.map { "- \($0.label): \(Markdown.escaped($0.text))" }
      if check.verdict != "pass", !check.transcriptLines.isEmpty {
        lines += [""] + Markdown.fenced(check.transcriptLines)
      }
    }
    return lines + [""]
  }

  private func reuseLines(_ reuse: ReuseRecord) -> [String] {
    var lines = ["## Reuse", ""]
    lines += rows.sentences(of: reuse).map { "- \(Markdown.escaped($0))" } + [""]
    lines += Markdown.table(
      header: SummaryRows.reuseHeader, rows.ways(of: reuse).map { $0.map(\.text) })
    return lines + [""]
  }

  private func loadLines(_ load: LoadRecord) -> [String] {
    var lines = ["## Load", "", "\(rows.headline(of: load)); \(rows.model(of: load)).", ""]
    if !load.findings.isEmpty { lines += load.findings.map { "- \(Markdown.escaped($0))" } + [""] }
    lines += Markdown.table(header: ["outcome", "messages", "share"], rows.outcomes(of: load))
    let latencies = rows.latencies(of: load)
    if !latencies.isEmpty {
      lines += [""] + Markdown.table(header: SummaryRows.latencyHeader, latencies)
    }
    lines += [""] + rows.facts(of: load).map { "- \($0.label): \(Markdown.escaped($0.text))" }
    return lines + [""]
  }

  private var thresholdLines: [String] {
    ["## Thresholds", ""]
      + Markdown.table(
        header: ["threshold", "measured", "verdict"],
        rows.record.thresholds.map {
          ["\($0.metric) \($0.limit)", $0.measured, $0.holds ? "holds" : "**crossed**"]
        }, marked: true)
  }
}
