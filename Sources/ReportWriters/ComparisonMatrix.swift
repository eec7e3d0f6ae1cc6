// SPDX-License-Identifier: Apache-2.0
//
// The matrix of checks and targets: which verdict every record has of every check, and where records
// disagree on what a target does, not only on what could be asked of it.

import RunRecord

extension Comparison {
  /// A check with the verdict of every record, nil where a record does not have it.
  package struct MatrixRow: Sendable {
    package var id: String
    package var title: String
    package var severity: String?
    /// The worst that was judged at any gate, or why nothing was.
    package var verdicts: [String?]
    /// Whether the record's operator waives it.
    package var waived: [Bool]
    /// Whether the records disagree.
    package var differs: Bool { Set(verdicts).count > 1 }

    /// Whether the targets were seen to behave differently.
    package var behaves: Bool {
      Set(verdicts.compactMap(\.self).filter { Comparison.judged.contains($0) }).count > 1
    }

    /// Whether any target was seen to break the rule, or to bend it.
    package var isBroken: Bool { verdicts.contains { $0 == "fail" || $0 == "warn" } }

    /// The verdict as a cell shows it; an asterisk marks what is waived.
    package func cell(_ index: Int) -> String {
      (verdicts[index] ?? "-") + (waived[index] ? "*" : "")
    }
  }

  static let judged: Set<String> = ["pass", "info", "warn", "fail"]

  /// What was judged outweighs what was not: a check that ran behind one gate was run.
  private static let ranks = ["fail", "error", "warn", "info", "pass", "inconclusive", "skipped"]

  /// All checks of all records, by section.
  package var matrix: [MatrixRow] {
    var order: [String] = []
    var rows: [String: MatrixRow] = [:]
    for (index, record) in records.enumerated() {
      for check in record.checks where !check.id.hasPrefix("waivers/") {
        var row =
          rows[check.id]
          ?? MatrixRow(
            id: check.id, title: check.title, severity: check.severity,
            verdicts: records.map { _ in nil }, waived: records.map { _ in false })
        if rows[check.id] == nil { order.append(check.id) }
        let rank = Self.rank(of: check.verdict)
        let before = row.verdicts[index].map(Self.rank) ?? .max
        if rank < before {
          row.verdicts[index] = check.verdict
          row.waived[index] = check.waiver != nil
        } else if rank == before {
          row.waived[index] = row.waived[index] && check.waiver != nil
        }
        rows[check.id] = row
      }
    }
    // In a certificate the folder is a section; elsewhere the order of the records says more.
    guard records.contains(where: { $0.certificate != nil }) else {
      return order.compactMap { rows[$0] }
    }
    let places = Dictionary(uniqueKeysWithValues: order.map { ($0, CheckPlace(id: $0)) })
    return rows.values.sorted { left, right in
      guard let one = places[left.id], let other = places[right.id] else { return false }
      return one.folder == other.folder ? left.id < right.id : CheckPlace.precedes(one, other)
    }
  }

  private static func rank(of verdict: String) -> Int {
    ranks.firstIndex(of: verdict) ?? ranks.count
  }

  /// What stands above a column: the target's name where names tell the records apart.
  package var columns: [String] {
    let names = records.map { record in
      let roles = Set(records.map(\.target.role))
      return roles.count > 1 ? "\(record.target.name) \(record.target.role)" : record.target.name
    }
    guard Set(names).count == names.count, !names.contains(where: \.isEmpty),
      names.allSatisfy({ $0.count <= 28 })
    else { return letters }
    return zip(letters, names).map { "\($0) \($1)" }
  }

  /// For every record the checks counted by their verdict, in the order of `Certificate.Counts`.
  var counts: [[String]] {
    let matrix = matrix.filter { $0.id.hasPrefix("rfc") }
    return records.indices.map { index in
      let words = Certificate.Counts.words.filter { $0 != "waived" }
      let numbers = words.map { word in matrix.count { $0.verdicts[index] == word } }
      return numbers.map { $0 == 0 ? "" : Figures.count($0) }
    }
  }

  static let countedWords = Certificate.Counts.words.filter { $0 != "waived" }

  /// EHLO keywords with the records that offer them, by name.
  var offers: [(keyword: String, offered: [String])] {
    let lists = records.map { record in
      let all = record.certificate?.gates.flatMap(\.capabilities) ?? []
      return all.isEmpty ? record.target.capabilities : all
    }
    let words = { (line: String) in
      line.split(separator: " ", maxSplits: 1).map(String.init)
    }
    let keywords = Set(lists.joined().compactMap { words($0).first?.uppercased() })
    return keywords.sorted().map { keyword in
      let offered = lists.map { list -> String in
        let line = list.last { words($0).first?.uppercased() == keyword }
        guard let line else { return "" }
        return words(line).count > 1 ? words(line)[1] : "yes"
      }
      return (keyword, offered)
    }
  }
}
