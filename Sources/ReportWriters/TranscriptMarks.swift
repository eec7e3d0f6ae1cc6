// SPDX-License-Identifier: Apache-2.0
//
// Which lines of a transcript show the fault: the remark that gives the verdict, and the answer that
// it is about. And the part of a long transcript around them.

/// The lines that matter.
struct TranscriptMarks {
  let lines: [String]
  /// Indices of the lines to be marked.
  let marked: Set<Int>
  /// Replies that came unasked before the end that was judged.
  let unasked: [String]

  /// - Parameter verdict: the check's verdict; its remark reads `** fail: …`.
  init(_ lines: [String], verdict: String, actual: String?) {
    self.lines = lines
    var marked: Set<Int> = []
    var unasked: Set<Int> = []
    if let remark = lines.firstIndex(where: { Self.isRemark($0, of: verdict) }) {
      marked.insert(remark)
      // What was judged is what came directly before; a reply of several lines is all of it.
      var place = remark - 1
      while place >= 0, Self.isRemark(lines[place]) || Self.isSent(lines[place]) { place -= 1 }
      while place >= 0, Self.isReceived(lines[place]) {
        marked.insert(place)
        if place == 0 || !Self.continues(lines[place - 1]) { break }
        place -= 1
      }
      if place >= 0, !Self.isReceived(lines[place]) {
        marked.insert(place)
        unasked = Self.unasked(before: place, in: lines)
      }
    } else if let actual, !actual.isEmpty {
      for (place, line) in lines.enumerated()
      where Self.isReceived(line) && line.hasSuffix(" " + actual) {
        marked.insert(place)
      }
    }
    self.marked = marked.union(unasked).filter { !lines[$0].hasPrefix("===") }
    self.unasked = unasked.sorted().map { Self.text(lines[$0]) }
  }

  /// The indices to show: all of a short transcript, else the surroundings of the marked lines.
  func excerpt(before: Int = 14, after: Int = 3, short: Int = 28) -> Range<Int> {
    guard lines.count > short, let first = marked.min(), let last = marked.max() else {
      return 0..<min(lines.count, max(short, before + after))
    }
    // Another session's lines explain nothing.
    let begin = lines[..<first].lastIndex { $0.hasPrefix("===") } ?? 0
    let end = lines[(last + 1)...].firstIndex { $0.hasPrefix("===") } ?? lines.count
    return max(begin, first - before)..<min(end, last + after + 1)
  }

  /// Before a connection ended: the replies behind the first to what we had sent last but one, since
  /// one was all that was asked for.
  private static func unasked(before end: Int, in lines: [String]) -> Set<Int> {
    var place = end - 1
    while place >= 0, isSent(lines[place]) { place -= 1 }
    let last = place
    while place >= 0, isReceived(lines[place]) { place -= 1 }
    guard place < last else { return [] }
    let run = place + 1...last
    guard let first = run.first(where: { !continues(lines[$0]) }), first < last else { return [] }
    return Set(first + 1...last)
  }

  // A line is `seconds mark text`.
  private static func mark(_ line: String) -> Substring? {
    let parts = line.split(separator: " ", maxSplits: 2)
    return parts.count > 1 ? parts[1] : nil
  }

  private static func text(_ line: String) -> String {
    let parts = line.split(separator: " ", maxSplits: 2)
    return parts.count == 3 ? String(parts[2]) : ""
  }

  private static func isReceived(_ line: String) -> Bool {
    let mark = mark(line)
    return mark == "<-" || mark == "<~"
  }

  private static func isSent(_ line: String) -> Bool {
    let mark = mark(line)
    return mark == "->" || mark == "~>"
  }

  /// A reply's line that is not its last: three digits and a hyphen.
  private static func continues(_ line: String) -> Bool {
    let parts = line.split(separator: " ", maxSplits: 2)
    guard isReceived(line), parts.count == 3 else { return false }
    let text = parts[2]
    return text.prefix(3).allSatisfy(\.isNumber) && text.dropFirst(3).first == "-"
  }

  private static let verdicts = ["fail", "warn", "info", "inconclusive", "skipped", "error"]

  private static func isRemark(_ line: String, of verdict: String) -> Bool {
    let parts = line.split(separator: " ", maxSplits: 2)
    return parts.count == 3 && parts[1] == "**" && parts[2].hasPrefix("\(verdict): ")
  }

  private static func isRemark(_ line: String) -> Bool {
    verdicts.contains { isRemark(line, of: $0) }
  }
}
