// SPDX-License-Identifier: Apache-2.0
//
// Figures on our pages that say where they come from: each names the member of `run.json` that it shows,
// so that a test, or a reader who doubts, can hold the one against the other.

extension HTML {
  /// A text on a page, with the member of the record that it shows.
  struct Cell: ExpressibleByStringLiteral {
    var text: String
    /// Place in `run.json` as a JSON pointer (RFC 6901), `/load/messages/accepted`.
    var field: String?
    /// For shares: the place of the whole.
    var whole: String?
    /// Class of the style sheet.
    var style: String?

    init(_ text: String, field: String? = nil, whole: String? = nil, style: String? = nil) {
      self.text = text
      self.field = field
      self.whole = whole
      self.style = style
    }

    init(stringLiteral text: String) { self.init(text) }

    static func count(_ number: Int, _ field: String) -> Cell {
      Cell(Figures.count(number), field: field)
    }

    static func rate(_ perSecond: Double, _ field: String) -> Cell {
      Cell(Figures.rate(perSecond), field: field)
    }

    static func time(microseconds: Double, _ field: String) -> Cell {
      Cell(Figures.duration(microseconds: microseconds), field: field)
    }

    static func share(_ part: Int, of total: Int, _ field: String, whole: String) -> Cell {
      Cell(Figures.share(part, of: total), field: field, whole: whole)
    }

    /// The attributes that name the source, with a space before.
    var attributes: String {
      var text = ""
      if let field { text += " data-field=\"\(HTML.escaped(field))\"" }
      if let whole { text += " data-whole=\"\(HTML.escaped(whole))\"" }
      return text
    }

    /// The text in an element of its own.
    func markup(_ tag: String = "span") -> String {
      "<\(tag)\(style.map { " class=\"\($0)\"" } ?? "")\(attributes)>"
        + "\(HTML.escaped(text))</\(tag)>"
    }
  }

  /// One step of a JSON pointer.
  static func pointerStep(_ name: String) -> String {
    "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
  }

  /// A table whose text columns stand to the left and whose others stand to the right.
  static func table(
    _ header: [String], cells rows: [[Cell]], textColumns: Set<Int> = [0]
  ) -> String {
    func style(_ column: Int, _ own: String? = nil) -> String {
      let classes = [textColumns.contains(column) ? nil : "n", own].compactMap { $0 }
      return classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    }
    let head = header.enumerated().map { "<th\(style($0))>\(escaped($1))</th>" }.joined()
    let body = rows.map { row in
      let cells = row.enumerated().map {
        "<td\(style($0, $1.style))\($1.attributes)>\(escaped($1.text))</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead>\n"
      + "<tbody>\(body.joined(separator: "\n"))</tbody></table></div>"
  }

  /// Label and text pairs whose texts name their sources.
  static func facts(cells rows: [(label: String, cell: Cell)]) -> String {
    let items = rows.map { "<dt>\(escaped($0.label))</dt>\($0.cell.markup("dd"))" }
    return "<dl>\(items.joined(separator: "\n"))</dl>"
  }
}
