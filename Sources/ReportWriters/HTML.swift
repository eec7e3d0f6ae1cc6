// SPDX-License-Identifier: Apache-2.0
//
// The small vocabulary of our HTML: escaping, tables, sections. What a peer sent is text, never markup.

import Glibc

/// Building blocks of a page.
enum HTML {
  /// Everything before the content of a page.
  ///
  /// - Parameter more: style that only this page needs.
  static func head(title: String, style more: String = "") -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>\(escaped(title))</title>
    <style>\(style)\(more)</style>
    </head>
    <body><main>

    """
  }

  /// Everything behind it.
  static let foot = "</main></body>\n</html>\n"

  /// Text made safe for element content and for attribute values in double quotes.
  static func escaped(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      // HTML has no way to write control characters; a visible sign stands for them.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A table whose first column stands to the left and whose others stand to the right.
  static func table(_ header: [String], _ rows: [[String]], textColumns: Set<Int> = [0]) -> String {
    let cells: ([String], String) -> String = { row, tag in
      row.enumerated().map { column, text in
        let style = textColumns.contains(column) ? "" : " class=\"n\""
        return "<\(tag)\(style)>\(escaped(text))</\(tag)>"
      }.joined()
    }
    let body = rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    return "<div class=\"scroll\"><table><thead><tr>\(cells(header, "th"))</tr></thead>\n"
      + "<tbody>\(body)</tbody></table></div>"
  }

  static func section(_ title: String, _ content: String) -> String {
    "<section><h2>\(escaped(title))</h2>\n\(content)\n</section>\n"
  }

  /// Label and text pairs.
  static func facts(_ rows: [(label: String, text: String)]) -> String {
    let items = rows.map { "<dt>\(escaped($0.label))</dt><dd>\(escaped($0.text))</dd>" }
    return "<dl>\(items.joined(separator: "\n"))</dl>"
  }
}

func naturalLogarithm(_ value: Double) -> Double { Glibc.log(value) }
