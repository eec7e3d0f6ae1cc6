// SPDX-License-Identifier: Apache-2.0
//
// A comparison as plain text and as one HTML page.

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
    let shown = matrix.filter { showsAll || $0.differs }
    text += "\n\(matrix.count) checks, \(matrix.count { $0.differs }) with different verdicts\n"
    if !shown.isEmpty {
      let body = shown.map { row in row.verdicts.map { $0 ?? "-" } + [row.id] }
      text += "\n" + Self.table([comparison.letters + ["check"]] + body, left: true)
    }
    return text
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
    var page = HTML.head(title: "Relaymark comparison")
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
    if !matrix.isEmpty { page += HTML.section("Checks", self.matrix(matrix)) }
    return page + HTML.foot
  }

  private func matrix(_ rows: [Comparison.MatrixRow]) -> String {
    var table = "<div class=\"scroll\"><table><thead><tr><th>check</th>"
    for letter in comparison.letters { table += "<th>\(letter)</th>" }
    table += "</tr></thead>\n<tbody>"
    for row in rows {
      table += "<tr><td>\(HTML.escaped(row.title))<br><span class=\"sub\">"
      table += "\(HTML.escaped(row.id))</span></td>"
      for verdict in row.verdicts {
        let word = HTML.escaped(verdict ?? "-")
        table += "<td><span class=\"v \(word)\">\(word)</span></td>"
      }
      table += "</tr>\n"
    }
    return table + "</tbody></table></div>"
  }
}
