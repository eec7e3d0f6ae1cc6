// SPDX-License-Identifier: Apache-2.0
//
// Plain text in columns, with colours where the reader's terminal wants them.

struct TextLayout {
  /// Whether to mark verdicts with ANSI colours.
  let colour: Bool

  private static let colours = [
    "pass": "32", "info": "36", "warn": "33", "skipped": "90", "inconclusive": "35",
    "waived": "36", "fail": "1;31", "error": "1;31",
  ]

  func mark(_ verdict: String, width: Int) -> String {
    painted(padded(verdict, to: width), Self.colours[verdict] ?? "0")
  }

  func painted(_ text: String, _ code: String) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  func labelled(_ rows: [(label: String, text: String)], indent: Int) -> [String] {
    let width = rows.map(\.label.count).max() ?? 0
    let margin = String(repeating: " ", count: indent)
    return rows.map { margin + padded($0.label, to: max(width, 11)) + "  " + $0.text }
  }

  /// The first columns to the left, the others to the right.
  func table(_ rows: [[String]], indent: Int, left: Int = 1) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    return rows.map { row in
      var line = margin
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let gap = column == 0 ? "" : "   "
        line += gap + (column < left ? cell + space : space + cell)
      }
      return line.withoutTrailingSpaces
    }
  }
}

extension String {
  var withoutTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
