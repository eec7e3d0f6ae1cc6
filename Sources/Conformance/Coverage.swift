// SPDX-License-Identifier: Apache-2.0
//
// Which requirements are proven by which checks. Computed from the files, never kept by hand.

package import JSONText

/// A requirement that no check can show, and why.
package struct Unobservable: Sendable, Equatable {
  package var id: String
  package var reason: String

  /// Reads `Scenarios/not-observable.json`.
  package static func read(file path: String) throws(JSONError) -> [Unobservable] {
    let reader = EntryReader(file: path)
    var list: [Unobservable] = []
    for entry in try reader.array("requirements", of: try JSONReader.read(file: path)) {
      list.append(
        Unobservable(
          id: try reader.text("id", of: entry), reason: try reader.text("reason", of: entry)))
    }
    return list
  }
}

/// How a requirement stands.
package enum Standing: Sendable, Equatable {
  /// These checks prove it.
  case proven([String])
  /// It cannot be shown, for this reason.
  case notObservable(String)
  /// A check is still to be written.
  case planned
}

/// The standing of every requirement.
package struct Coverage: Sendable {
  package let entries: [(requirement: Requirement, standing: Standing)]
  /// Ids that checks or the list of the unobservable name and the register does not know.
  package let unknown: [String]
  /// Ids that are proven by a check and called unobservable.
  package let contradictions: [String]

  /// - Parameter checks: for each check its id and the requirements it proves.
  package init(
    register: RequirementRegister, checks: [(id: String, proves: [String])],
    unobservable: [Unobservable]
  ) {
    var proofs: [String: [String]] = [:]
    for check in checks {
      for id in check.proves { proofs[id, default: []].append(check.id) }
    }
    let reasons = Dictionary(
      unobservable.map { ($0.id, $0.reason) }, uniquingKeysWith: { first, _ in first })
    entries = register.requirements.map { requirement in
      if let checks = proofs[requirement.id] { return (requirement, .proven(checks.sorted())) }
      if let reason = reasons[requirement.id] { return (requirement, .notObservable(reason)) }
      switch requirement.observability {
      case .direct: return (requirement, .planned)
      case .delivery, .timing, .hard:
        return (requirement, .notObservable("needs more than replies: \(requirement.evidence)"))
      }
    }
    let named = Set(proofs.keys).union(reasons.keys)
    // What is not an RFC's carries no number: "abuse-slow-data".
    unknown = named.filter { register[$0] == nil && ($0.first?.isNumber ?? true) }.sorted()
    contradictions = reasons.keys.filter { proofs[$0] != nil }.sorted()
  }

  /// Counts for one RFC.
  package struct Row: Sendable, Equatable {
    package var rfc: Int
    package var proven = 0
    package var planned = 0
    package var notObservable = 0
    package var total: Int { proven + planned + notObservable }

    package init(rfc: Int) { self.rfc = rfc }
  }

  /// One row for each RFC, by number.
  package func rows(where isCounted: (Requirement) -> Bool = { _ in true }) -> [Row] {
    var rows: [Int: Row] = [:]
    for (requirement, standing) in entries where isCounted(requirement) {
      var row = rows[requirement.rfc] ?? Row(rfc: requirement.rfc)
      switch standing {
      case .proven: row.proven += 1
      case .planned: row.planned += 1
      case .notObservable: row.notObservable += 1
      }
      rows[requirement.rfc] = row
    }
    return rows.values.sorted { $0.rfc < $1.rfc }
  }
}
