// SPDX-License-Identifier: Apache-2.0
//
// The part of the HTML report that shows checks: verdicts, and behind each what was expected, what came
// and the dialogue.

import RunRecord

extension HTMLReport {
  var checkSections: String {
    let groups = Dictionary(grouping: record.checks, by: { group(of: $0) })
    return groups.keys.sorted(by: naturalOrder).map { name in
      let checks = (groups[name] ?? []).sorted { naturalOrder($0.id, $1.id) }
      return HTML.section(name, checks.map(entry).joined(separator: "\n"))
    }.joined()
  }

  /// The folder of the check, which is its RFC: `rfc5321`.
  private func group(of check: CheckRecord) -> String {
    guard let first = check.id.split(separator: "/").first, first.utf8.count < check.id.utf8.count
    else { return "Checks" }
    let digits = first.drop { !$0.isNumber }
    return first.hasPrefix("rfc") && !digits.isEmpty ? "RFC \(digits)" : String(first)
  }

  private func entry(_ check: CheckRecord) -> String {
    let verdict = HTML.escaped(check.standing)
    let severity = check.severity.map { " <span class=\"sub\">severity \(HTML.escaped($0))</span>" }
    var content = HTML.facts(
      [("check", check.id)]
        + (check.requirements.isEmpty
          ? [] : [("proves", check.requirements.joined(separator: ", "))])
        + rows.evidence(of: check))
    if !check.transcriptLines.isEmpty {
      content += "<pre>\(check.transcriptLines.map(HTML.escaped).joined(separator: "\n"))</pre>"
    }
    let isOpen = check.standing == "fail" || check.standing == "error" ? " open" : ""
    return "<details\(isOpen)><summary><span class=\"v \(verdict)\">\(verdict)</span>"
      + "\(HTML.escaped(check.title))\(check.verdict == "pass" ? "" : severity ?? "")</summary>"
      + "\(content)</details>"
  }

  /// Numbers in texts compare as numbers, so that 4.1.2 stands before 4.1.10.
  private func naturalOrder(_ first: String, _ second: String) -> Bool {
    let parts: (String) -> [(Int?, String)] = { text in
      text.split(whereSeparator: { !$0.isNumber && !$0.isLetter }).map { (Int($0), String($0)) }
    }
    for (a, b) in zip(parts(first), parts(second)) {
      if let x = a.0, let y = b.0 {
        if x != y { return x < y }
      } else if a.1 != b.1 {
        return a.1 < b.1
      }
    }
    return first < second
  }
}
