// SPDX-License-Identifier: Apache-2.0
//
// Waivers against what came of a run: which verdicts they cover, and which of them have outlived
// their faults. Pure functions.

package import RunRecord
package import ScenarioLanguage

/// The waivers of one run.
package struct Waiving: Sendable {
  private let waivers: [Waiver]
  /// Whether only some of the checks ran, so that what every reply has to keep was not seen to hold.
  private let isPart: Bool

  package init(_ waivers: [Waiver] = [], isPart: Bool = false) {
    self.waivers = waivers
    self.isPart = isPart
  }

  /// The waiver that covers the verdict; the one that says most of the place comes first.
  package func waiver(for record: CheckRecord) -> Waiver? {
    waivers.filter { $0.speaks(of: record) && $0.expects(record.verdict) }
      .max { $0.precision < $1.precision }
  }

  /// Whether the verdict stands against the target.
  package func isFailure(_ record: CheckRecord) -> Bool {
    record.verdict == Verdict.fail.rawValue && waiver(for: record) == nil
  }

  /// Marks what is waived, and adds a warning for each waiver that no longer applies.
  ///
  /// - Returns: The checks, and what became of each waiver.
  package func applied(
    to checks: [CheckRecord]
  ) -> (checks: [CheckRecord], waivers: [WaiverRecord]) {
    var checks = checks
    var counts = Array(repeating: 0, count: waivers.count)
    for place in checks.indices {
      guard let waiver = waiver(for: checks[place]) else { continue }
      checks[place].waiver = waiver.reason
      for index in waivers.indices where waivers[index] == waiver { counts[index] += 1 }
    }
    var records: [WaiverRecord] = []
    for (waiver, count) in zip(waivers, counts) {
      let judged = checks.filter { check in
        waiver.speaks(of: check) && check.wasRun
          && !(isPart && check.id.hasPrefix("invariants/"))
      }
      let state = Self.state(of: waiver, count: count, over: judged)
      records.append(WaiverRecord(of: waiver, state: state, count: count))
      if state == .stale { checks.append(Self.finding(of: waiver, over: judged)) }
    }
    return (checks, records)
  }

  /// Where any of its checks could not be judged, the fault may still be there.
  private static func state(
    of waiver: Waiver, count: Int, over judged: [CheckRecord]
  ) -> WaiverRecord.State {
    if count > 0 { return .applied }
    if judged.isEmpty { return .unused }
    // Another waiver may say more of the same place.
    if judged.contains(where: { waiver.expects($0.verdict) || !$0.isJudged }) { return .unused }
    return .stale
  }

  private static func finding(of waiver: Waiver, over judged: [CheckRecord]) -> CheckRecord {
    var record = CheckRecord(
      id: "waivers/\(waiver.check)", title: "A waiver still applies",
      verdict: Verdict.warn.rawValue)
    record.role = waiver.role?.rawValue
    record.gate = waiver.gate?.rawValue
    record.expected = waiver.verdicts.map(\.rawValue).joined(separator: " or ")
    var seen: [String] = []
    for verdict in judged.map(\.verdict) where !seen.contains(verdict) { seen.append(verdict) }
    record.actual = seen.joined(separator: ", ")
    record.reason = "stale waiver, \(waiver.place): \(waiver.reason)"
    return record
  }
}

extension Waiving {
  /// Ids of entries in a certificate that come from no scenario.
  package static let idsWithoutScenario =
    ["door/after"] + Gate.allCases.map { "door/\($0.rawValue)" } + Invariant.allCases.map(\.id)
}

extension Waiver {
  /// Whether it is about the check in this role at this gate.
  fileprivate func speaks(of record: CheckRecord) -> Bool {
    covers(record.id) && (role == nil || role?.rawValue == record.role)
      && (gate == nil || gate?.rawValue == record.gate)
  }

  fileprivate func expects(_ verdict: String) -> Bool {
    verdicts.contains { $0.rawValue == verdict }
  }

  /// A longer id, a role and a gate say more.
  fileprivate var precision: Int {
    check.utf8.count * 4 + (role == nil ? 0 : 2) + (gate == nil ? 0 : 1)
  }
}

extension WaiverRecord {
  fileprivate init(of waiver: Waiver, state: State, count: Int) {
    self.init(
      check: waiver.check, role: waiver.role?.rawValue, gate: waiver.gate?.rawValue,
      verdicts: waiver.verdicts.map(\.rawValue), reason: waiver.reason, place: waiver.place,
      state: state, count: count)
  }
}

extension CheckRecord {
  /// Whether it came to be played at all.
  fileprivate var wasRun: Bool { verdict != Verdict.skipped.rawValue }

  /// Whether it came to a verdict on the target.
  fileprivate var isJudged: Bool {
    ![Verdict.inconclusive.rawValue, Verdict.error.rawValue].contains(verdict)
  }
}
