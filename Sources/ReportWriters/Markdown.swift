// SPDX-License-Identifier: Apache-2.0
//
// The small vocabulary of our Markdown. What a peer sent is text, never markup.

enum Markdown {
  /// A table, its first column to the left and the others to the right.
  ///
  /// - Parameter marked: cells that begin with two asterisks are markup of ours.
  static func table(
    header: [String], _ body: [[String]], marked: Bool = false, left: Int = 1
  ) -> [String] {
    let rule = header.indices.map { $0 < left ? "---" : "--:" }
    let cells = body.map { row in row.map { marked && $0.hasPrefix("**") ? $0 : escaped($0) } }
    return ([header, rule] + cells).map { "| " + $0.joined(separator: " | ") + " |" }
  }

  /// Text of a peer must not become markup.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|#".contains(character) { result.append("\\") }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }

  /// Lines shown as they are.
  static func fenced(_ lines: [String]) -> [String] {
    // Longer than any run of backticks that a peer may have sent.
    let fence = String(repeating: "`", count: longestFence(in: lines) + 1)
    return [fence + "text"] + lines + [fence]
  }

  private static func longestFence(in lines: [String]) -> Int {
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
