// SPDX-License-Identifier: Apache-2.0
//
// A comparison as plain text and as one HTML page.

import RunRecord

/// Renders a comparison for a terminal.
package struct ComparisonText {
  private let comparison: Comparison
  /// Whether checks on which all agree are listed too.
  private let showsAll: Bool

  package init(of comparison: Comparison, all: Bool) {
    self.comparison = comparison
    showsAll = all
  }

  package var text: String {
    var text = ""
    for (index, letter) in comparison.letters.enumerated() {
      text += "\(letter)  \(comparison.name(index))\n"
    }
    let rows = comparison.rows
    if !rows.isEmpty { text += "\n" + Self.table(loadTable(rows)) }
    let matrix = comparison.matrix
    guard !matrix.isEmpty else { return text }
    if comparison.records.contains(where: { $0.certificate != nil }) {
      text += "\n" + Self.table([[""] + Comparison.countedWords] + countRows)
    }
    let differing = matrix.filter(\.differs)
    // Where nothing was asked of one of them, that is no difference between them.
    let behaving = matrix.filter(\.behaves)
    text += "\n\(matrix.count) checks, \(differing.count) with different verdicts"
    text += behaving.count == differing.count ? "\n" : ", \(behaving.count) with other behaviour\n"
    let shown = showsAll ? matrix : behaving.isEmpty ? differing : behaving
    if !shown.isEmpty {
      let body = shown.map { row in
        comparison.records.indices.map(row.cell) + [
          row.id + (row.severity.map { " (\($0))" } ?? "")
        ]
      }
      text += "\n" + Self.table([comparison.columns + ["check"]] + body, left: true)
    }
    let hidden = differing.count - behaving.count
    if !showsAll, !behaving.isEmpty, hidden > 0 {
      text += "\n\(hidden) more could be judged of some only; --all lists them\n"
    }
    if shown.contains(where: { $0.waived.contains(true) }) { text += "* waived by its operator\n" }
    return text
  }

  private var countRows: [[String]] {
    zip(comparison.columns, comparison.counts).map { [$0] + $1 }
  }

  private func loadTable(_ rows: [Comparison.Row]) -> [[String]] {
    let others = comparison.letters.dropFirst().map { "\($0)/A" }
    var table = [["metric"] + comparison.letters + others]
    for row in rows {
      let ratios = comparison.records.indices.dropFirst().map { index -> String in
        guard let ratio = row.ratio(index) else { return "-" }
        let mark = row.differs[index] == true ? " *" : row.differs[index] == nil ? "  " : " ="
        return Figures.fixed(ratio, places: 3) + mark
      }
      table.append([row.metric] + row.texts + ratios)
    }
    return table + [["* beyond chance (95 % intervals do not meet), = within it"]]
  }

  private static func table(_ rows: [[String]], left: Bool = false) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.filter { $0.count > 1 }.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      guard row.count > 1 else { return (row.first ?? "") + "\n" }
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
        let isLeft = left || column == 0
        return column == row.count - 1 && isLeft ? cell : isLeft ? cell + space : space + cell
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}

/// Renders a comparison as one HTML page without scripts.
package struct ComparisonHTML {
  private let comparison: Comparison

  package init(of comparison: Comparison) { self.comparison = comparison }

  package var text: String {
    var page = HTML.head(
      title: "Relaymark comparison", style: CertificateStyle.text)
    page +=
      "<p class=\"mark\">Relaymark comparison</p>\n<h1>\(comparison.records.count) records</h1>\n"
    page += HTML.section(
      "Records",
      HTML.facts(
        comparison.letters.enumerated().map { (label: $1, text: comparison.name($0)) }))
    let rows = comparison.rows
    if !rows.isEmpty {
      let header = ["metric"] + comparison.letters
      let others = comparison.letters.dropFirst().map { "\($0)/A" }
      let body = rows.map { row in
        [row.metric] + row.texts
          + comparison.records.indices.dropFirst().map { index -> String in
            guard let ratio = row.ratio(index) else { return "-" }
            return Figures.fixed(ratio, places: 3) + (row.differs[index] == true ? " *" : "")
          }
      }
      page += HTML.section(
        "Load",
        HTML.table(header + others, body)
          + "<p class=\"sub\">* beyond chance: the 95 % intervals of the percentile do not meet.</p>"
      )
    }
    let matrix = comparison.matrix
    if !matrix.isEmpty { page += checks(matrix) }
    return page + HTML.foot
  }

  // MARK: Checks

  private func checks(_ matrix: [Comparison.MatrixRow]) -> String {
    var page = ""
    if comparison.records.contains(where: { $0.certificate != nil }) {
      page += HTML.section(
        "Verdicts",
        HTML.table(
          ["target"] + Comparison.countedWords,
          zip(comparison.columns, comparison.counts).map { [$0] + $1 }))
      page += HTML.section(
        "What they offer",
        HTML.table(
          ["EHLO keyword"] + comparison.columns,
          comparison.offers.map { [$0.keyword] + $0.offered },
          textColumns: Set(0...comparison.records.count)))
    }
    let behaving = matrix.filter(\.behaves)
    let broken = matrix.filter { !$0.behaves && $0.isBroken }
    let rest = matrix.filter { !$0.behaves && !$0.isBroken }
    if !behaving.isEmpty {
      page += HTML.section("Where they behave differently", self.matrix(behaving))
    }
    if !broken.isEmpty {
      page += HTML.section("Where all that were judged err", self.matrix(broken))
    }
    if !rest.isEmpty {
      page += HTML.section(
        "All other checks",
        "<details><summary>\(Figures.count(rest.count)) checks on which they agree, or that could be "
          + "judged of some only</summary>\(self.matrix(rest))</details>")
    }
    return page
  }

  private func matrix(_ rows: [Comparison.MatrixRow]) -> String {
    var table = "<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th>check</th>"
    for column in comparison.columns { table += "<th>\(HTML.escaped(column))</th>" }
    table += "</tr></thead>\n<tbody>"
    var chapter = ""
    for row in rows {
      let place = CheckPlace(id: row.id)
      if place.rfc != nil, place.chapter != chapter {
        chapter = place.chapter
        let subject = place.subject.map { ", \($0)" } ?? ""
        table += "<tr><th colspan=\"\(comparison.records.count + 1)\">"
        table += "\(HTML.escaped(chapter + subject))</th></tr>\n"
      }
      let severity = row.isBroken ? row.severity : nil
      let chip = severity.map {
        "<span class=\"chip s-\(HTML.escaped($0))\">\(HTML.escaped($0))</span> "
      }
      table += "<tr><td>\(chip ?? "")\(HTML.escaped(row.title))<br><span class=\"sub\">"
      table += "\(HTML.escaped(row.id))</span></td>"
      for index in comparison.records.indices {
        let word = HTML.escaped(row.verdicts[index] ?? "-")
        let mark = row.waived[index] ? "<span class=\"sub\"> waived</span>" : ""
        table += "<td><span class=\"v \(word)\">\(word)</span>\(mark)</td>"
      }
      table += "</tr>\n"
    }
    return table + "</tbody></table></div>"
  }
}
