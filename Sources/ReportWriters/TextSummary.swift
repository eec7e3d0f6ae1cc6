// SPDX-License-Identifier: Apache-2.0
//
// The summary that a run prints: short, aligned, plain text, coloured only where the reader's
// terminal wants it.

package import RunRecord

/// Renders a record for a terminal.
package struct TextSummary {
  private let rows: SummaryRows
  private let colour: Bool
  private let folder: String?

  /// - Parameters:
  ///   - folder: Where the run's files are, nil when none were written.
  ///   - colour: Whether to mark verdicts with ANSI colours.
  package init(of record: RunRecord, folder: String?, colour: Bool) {
    rows = SummaryRows(record: record)
    self.colour = colour
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
      let line = mark(check.verdict, width: 14) + padded(check.title, to: titles)
      lines.append("\(line)  \(rows.time(of: check))".withoutTrailingSpaces)
      lines += labelled(rows.evidence(of: check), indent: 4)
    }
    if rows.record.checks.count > 1 { lines += ["", rows.tally] }
    return lines
  }

  private func reuseLines(_ reuse: ReuseRecord) -> [String] {
    rows.sentences(of: reuse) + [""]
      + table([SummaryRows.reuseHeader] + rows.ways(of: reuse), indent: 2)
      + ["", "\(reuse.ways.last?.kind.rawValue ?? "") connections in detail"]
  }

  private func loadLines(_ load: LoadRecord) -> [String] {
    var lines = [rows.headline(of: load), rows.model(of: load), ""]
    lines += table(rows.outcomes(of: load), indent: 2)
    let latencies = rows.latencies(of: load)
    if !latencies.isEmpty {
      lines.append("")
      lines += table([SummaryRows.latencyHeader] + latencies, indent: 2)
    }
    lines.append("")
    lines += labelled(rows.facts(of: load), indent: 2)
    if !load.findings.isEmpty { lines += [""] + load.findings.map { "! \($0)" } }
    return lines
  }

  private var thresholdLines: [String] {
    guard !rows.record.thresholds.isEmpty else { return [] }
    let table = table(
      rows.record.thresholds.map { threshold in
        [
          "\(threshold.metric) \(threshold.limit)", threshold.measured,
          threshold.holds ? "holds" : "crossed",
        ]
      }, indent: 2)
    return ["", "thresholds"]
      + zip(table, rows.record.thresholds).map { line, threshold in
        threshold.holds ? line : painted(line, "31")
      }
  }

  private var closingLines: [String] {
    var lines: [String] = []
    if let invalidity = rows.invalidity {
      lines += ["", painted("not valid: ", "31") + invalidity]
    }
    if rows.record.interrupted { lines += ["", painted("interrupted", "33")] }
    if let folder { lines += ["", "\(folder)/"] }
    return lines
  }

  // MARK: Layout

  private func mark(_ verdict: String, width: Int) -> String {
    let colours = [
      "pass": "32", "info": "36", "warn": "33", "skipped": "90", "inconclusive": "35",
      "fail": "1;31", "error": "1;31",
    ]
    return painted(padded(verdict, to: width), colours[verdict] ?? "0")
  }

  private func painted(_ text: String, _ code: String) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func labelled(_ rows: [(label: String, text: String)], indent: Int) -> [String] {
    let width = rows.map(\.label.count).max() ?? 0
    let margin = String(repeating: " ", count: indent)
    return rows.map { margin + padded($0.label, to: max(width, 11)) + "  " + $0.text }
  }

  /// The first column to the left, the others to the right.
  private func table(_ rows: [[String]], indent: Int) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    return rows.map { row in
      var line = margin
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + space : "   " + space + cell
      }
      return line.withoutTrailingSpaces
    }
  }
}

extension String {
  fileprivate var withoutTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
