// SPDX-License-Identifier: Apache-2.0
//
// Replies counted by stage and code in one flat table, so that counting one is an addition and
// nothing else.

import ScenarioLanguage

/// Counts of replies by stage and code.
struct ReplyTable: Sendable {
  /// Codes have three digits; 0 stands for replies that had none.
  private static let codes = 1000
  private var counts = [Int](repeating: 0, count: Phase.slots * codes)

  mutating func count(_ code: UInt16, at phase: Phase) {
    let code = Int(code) < Self.codes ? Int(code) : 0
    counts[phase.slot * Self.codes + code] += 1
  }

  mutating func merge(_ other: ReplyTable) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// Code to count, over all stages.
  var byCode: [Int: Int] {
    var totals: [Int: Int] = [:]
    for (index, count) in counts.enumerated() where count > 0 {
      totals[index % Self.codes, default: 0] += count
    }
    return totals
  }

  /// Stage, then code, to count.
  var byStage: [String: [String: Int]] {
    var stages: [String: [String: Int]] = [:]
    for phase in Phase.allCases {
      for code in 0..<Self.codes {
        let count = counts[phase.slot * Self.codes + code]
        if count > 0 { stages[phase.rawValue, default: [:]][String(code)] = count }
      }
    }
    return stages
  }
}
