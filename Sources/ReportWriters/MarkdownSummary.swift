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
    var lines = ["# \(escaped(record.scenario.title))", ""]
    lines += [
      "- scenario: `\(record.scenario.id)`",
      "- target: \(escaped(rows.target))",
      "- started: \(record.started), took \(Figures.duration(seconds: record.duration))",
      "- tool: \(record.tool.name) \(record.tool.version), seed \(record.tool.seed)",
    ]
    if let security = rows.security { lines.append("- security: \(escaped(security))") }
    if let invalidity = rows.invalidity { lines.append("- **not valid**: \(escaped(invalidity))") }
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
    lines += table(
      header: ["verdict", "check", "time"],
      rows.record.checks.map {
        [$0.verdict, $0.title, rows.time(of: $0)]
      })
    for check in rows.record.checks {
      let evidence = rows.evidence(of: check)
      if evidence.isEmpty { continue }
      lines += ["", "### \(escaped(check.title))", ""]
      lines += evidence.map { "- \($0.label): \(escaped($0.text))" }
      if check.verdict != "pass", !check.transcriptLines.isEmpty {
        // Longer than any run of backticks that a peer may have sent.
        let fence = String(repeating: "`", count: longestFence(in: check.transcriptLines) + 1)
        lines += ["", fence + "text"] + check.transcriptLines + [fence]
      }
    }
    return lines + [""]
  }

  private func reuseLines(_ reuse: ReuseRecord) -> [String] {
    ["## Reuse", ""] + rows.sentences(of: reuse).map { "- \(escaped($0))" } + [""]
      + table(header: SummaryRows.reuseHeader, rows.ways(of: reuse)) + [""]
  }

  private func loadLines(_ load: LoadRecord) -> [String] {
    var lines = ["## Load", "", "\(rows.headline(of: load)); \(rows.model(of: load)).", ""]
    if !load.findings.isEmpty { lines += load.findings.map { "- \(escaped($0))" } + [""] }
    lines += table(header: ["outcome", "messages", "share"], rows.outcomes(of: load))
    let latencies = rows.latencies(of: load)
    if !latencies.isEmpty {
      lines += [""] + table(header: SummaryRows.latencyHeader, latencies)
    }
    lines += [""] + rows.facts(of: load).map { "- \($0.label): \(escaped($0.text))" }
    return lines + [""]
  }

  private var thresholdLines: [String] {
    ["## Thresholds", ""]
      + table(
        header: ["threshold", "measured", "verdict"],
        rows.record.thresholds.map {
          ["\($0.metric) \($0.limit)", $0.measured, $0.holds ? "holds" : "**crossed**"]
        }, marked: true)
  }

  // MARK: Markdown

  /// A table, its first column to the left and the others to the right.
  private func table(header: [String], _ body: [[String]], marked: Bool = false) -> [String] {
    let rule = header.indices.map { $0 == 0 ? "---" : "--:" }
    let cells = body.map { row in row.map { marked && $0.hasPrefix("**") ? $0 : escaped($0) } }
    return ([header, rule] + cells).map { "| " + $0.joined(separator: " | ") + " |" }
  }

  /// Text of a peer must not become markup.
  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|#".contains(character) { result.append("\\") }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }

  private func longestFence(in lines: [String]) -> Int {
    var longest = 2
    for line in lines {
      var run = 0
      for character in line {
        run = character == "`" ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    return longest
  }
}
