// SPDX-License-Identifier: Apache-2.0
//
// The summary that a run prints: short, aligned, plain text, coloured only where the reader's
// terminal wants it.

package import RunRecord

/// Renders a record for a terminal.
package struct TextSummary {
  private let rows: SummaryRows
  private let layout: TextLayout
  private let folder: String?

  /// - Parameters:
  ///   - folder: Where the run's files are, nil when none were written.
  ///   - colour: Whether to mark verdicts with ANSI colours.
  package init(of record: RunRecord, folder: String?, colour: Bool) {
    rows = SummaryRows(record: record)
    layout = TextLayout(colour: colour)
    self.folder = folder
  }

  /// The whole summary, ending in a newline.
  package var text: String {
    var lines = ["\(rows.record.scenario.id)  →  \(rows.target)"]
    if let security = rows.security { lines.append(security) }
    lines.append("")
    lines += checkLines
    if let reuse = rows.record.reuse { lines += reuseLines(reuse) }
    if let load = rows.record.load { lines += loadLines(load) }
    lines += thresholdLines
    lines += closingLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var checkLines: [String] {
    var lines: [String] = []
    let titles = rows.record.checks.map { min($0.title.count, 70) }.max() ?? 0
    for check in rows.record.checks {
      let line = layout.mark(check.standing, width: 14) + layout.padded(check.title, to: titles)
      lines.append("\(line)  \(rows.time(of: check))".withoutTrailingSpaces)
      lines += layout.labelled(rows.evidence(of: check), indent: 4)
    }
    if rows.record.checks.count > 1 { lines += ["", rows.tally] }
    return lines
  }

  private func reuseLines(_ reuse: ReuseRecord) -> [String] {
    rows.sentences(of: reuse) + [""]
      + layout.table(
        [SummaryRows.reuseHeader] + rows.ways(of: reuse).map { $0.map(\.text) }, indent: 2)
      + ["", "\(reuse.ways.last?.kind.rawValue ?? "") connections in detail"]
  }

  private func loadLines(_ load: LoadRecord) -> [String] {
    var lines = [rows.headline(of: load), rows.model(of: load), ""]
    lines += layout.table(rows.outcomes(of: load), indent: 2)
    let latencies = rows.latencies(of: load)
    if !latencies.isEmpty {
      lines.append("")
      lines += layout.table([SummaryRows.latencyHeader] + latencies, indent: 2)
    }
    lines.append("")
    lines += layout.labelled(rows.facts(of: load), indent: 2)
    if !load.findings.isEmpty { lines += [""] + load.findings.map { "! \($0)" } }
    return lines
  }

  private var thresholdLines: [String] {
    guard !rows.record.thresholds.isEmpty else { return [] }
    let table = layout.table(
      rows.record.thresholds.map { threshold in
        [
          "\(threshold.metric) \(threshold.limit)", threshold.measured,
          threshold.holds ? "holds" : "crossed",
        ]
      }, indent: 2)
    return ["", "thresholds"]
      + zip(table, rows.record.thresholds).map { line, threshold in
        threshold.holds ? line : layout.painted(line, "31")
      }
  }

  private var closingLines: [String] {
    var lines: [String] = []
    if let invalidity = rows.invalidity {
      lines += ["", layout.painted("not valid: ", "31") + invalidity]
    }
    if rows.record.interrupted { lines += ["", layout.painted("interrupted", "33")] }
    if let folder { lines += ["", "\(folder)/"] }
    return lines
  }
}
