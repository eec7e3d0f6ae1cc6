// SPDX-License-Identifier: Apache-2.0
//
// The standing of requirements as a terminal shows it: a table by RFC, or a line for each of a few.

import Conformance

/// Texts about coverage.
enum CoverageText {
  /// One row for each RFC, and the sum of all.
  static func table(_ coverage: Coverage, where isCounted: (Requirement) -> Bool) -> String {
    let rows = coverage.rows(where: isCounted)
    let must = coverage.rows { isCounted($0) && $0.level.isAbsolute }
    var cells = [["RFC", "proven", "planned", "not observable", "total", "MUSTs proven"]]
    for row in rows {
      let strict = must.first { $0.rfc == row.rfc } ?? Coverage.Row(rfc: row.rfc)
      cells.append(Self.cells(String(row.rfc), row, strict))
    }
    cells.append(Self.cells("all", sum(rows), sum(must)))
    return TextTable.text(cells, rightAligned: 1..<6)
  }

  /// One line for each requirement: id, level, and what proves it, or why nothing does.
  static func lines(_ coverage: Coverage, where isShown: (Requirement) -> Bool) -> String {
    let cells = coverage.entries.filter { isShown($0.requirement) }.map { requirement, standing in
      switch standing {
      case .proven(let checks):
        [requirement.id, requirement.level.rawValue, "proven", checks.joined(separator: ", ")]
      case .planned: [requirement.id, requirement.level.rawValue, "planned", requirement.title]
      case .notObservable(let reason):
        [requirement.id, requirement.level.rawValue, "not observable", reason]
      }
    }
    return TextTable.text(cells)
  }

  private static func cells(_ name: String, _ row: Coverage.Row, _ must: Coverage.Row) -> [String] {
    let decidable = must.proven + must.planned
    return [
      name, String(row.proven), String(row.planned), String(row.notObservable), String(row.total),
      "\(must.proven) of \(decidable)",
    ]
  }

  private static func sum(_ rows: [Coverage.Row]) -> Coverage.Row {
    rows.reduce(into: Coverage.Row(rfc: 0)) { sum, row in
      sum.proven += row.proven
      sum.planned += row.planned
      sum.notObservable += row.notObservable
    }
  }
}

/// Rows of cells with a column's width each.
enum TextTable {
  /// - Parameter rightAligned: the columns whose cells stand at the right.
  static func text(_ rows: [[String]], rightAligned: Range<Int> = 0..<0) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let isLast = column == row.count - 1
        line += rightAligned.contains(column) ? space + cell : isLast ? cell : cell + space
        if !isLast { line += "  " }
      }
      return line + "\n"
    }.joined()
  }
}
