// SPDX-License-Identifier: Apache-2.0
//
// The seven words in which a check is judged, and how several of them combine into one.

/// What a check says of a target.
package enum Verdict: String, Sendable, CaseIterable, Codable {
  /// The requirement was seen to hold.
  case pass
  /// A measured fact: a limit, a timing, a MAY.
  case info
  /// A SHOULD was not followed, or the right outcome had a code outside the RFC's list.
  case warn
  /// A precondition is absent; the reason says which.
  case skipped
  /// The target or the path did not let us judge.
  case inconclusive
  /// A MUST or MUST NOT was broken, or a protection is missing.
  case fail
  /// The harness failed.
  case error

  /// Place in the order in which one verdict outweighs another, lightest first.
  package var weight: Int {
    switch self {
    case .pass: 0
    case .info: 1
    case .warn: 2
    case .skipped: 3
    case .inconclusive: 4
    case .fail: 5
    case .error: 6
    }
  }

  /// The heavier of two verdicts: a dialogue is as good as its worst step.
  package func combined(with other: Verdict) -> Verdict {
    other.weight > weight ? other : self
  }
}
