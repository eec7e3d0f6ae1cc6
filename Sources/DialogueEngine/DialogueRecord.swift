// SPDX-License-Identifier: Apache-2.0
//
// What a check keeps of its one run, and the verdict that follows from it.

package import SMTPWire
package import ScenarioLanguage

/// The evidence of one dialogue.
package struct DialogueRecord: Sendable {
  /// Observations kept; further ones say nothing new.
  static let largestObservationCount = 200

  /// Judged steps, in order; the commands of a group one by one.
  package internal(set) var steps: [StepOutcome] = []
  package internal(set) var observations: [Observation] = []
  package internal(set) var transcript: Transcript?
  /// Of the last hello that was answered with 2yz.
  package internal(set) var capabilities: Capabilities?
  /// The last greeting.
  package internal(set) var greeting: Reply?
  /// Connections that were opened.
  package internal(set) var connections = 0
  /// Set once commands and replies can no longer be paired.
  package internal(set) var desync: Desync?
  /// Durations in nanoseconds of the steps that the script wants measured.
  package internal(set) var measured: [String: Int64] = [:]

  var lastSecurity = ""
  var unloggedOctets = 0

  init() {}

  /// The step that decides the verdict: the first of those that weigh most.
  ///
  /// It is nil where no step decided anything. Steps of the teardown decide nothing, because the
  /// result is fixed before QUIT.
  package var decisive: StepOutcome? {
    let judged = steps.filter { !$0.isPartOfTeardown && $0.verdict != nil }
    guard let heaviest = judged.compactMap(\.verdict).max(by: { $0.weight < $1.weight }) else {
      return nil
    }
    let isScripted = judged.contains { $0.origin == .script && $0.verdict == heaviest }
    return judged.first { $0.verdict == heaviest && (!isScripted || $0.origin == .script) }
  }

  /// What the dialogue says of the target.
  ///
  /// A desync fails whatever the steps say, unless the start state was not reached: no reply after
  /// it can be attributed.
  package var verdict: Verdict {
    let worst = decisive?.verdict ?? (steps.isEmpty ? .inconclusive : .pass)
    if desync != nil, worst.weight < Verdict.skipped.weight { return .fail }
    return worst
  }

  /// One line that says why the verdict is not a pass; nil where it is, or where expected and
  /// actual answer say it.
  package var reason: String? {
    if verdict == .pass { return nil }
    if let desync, decisive?.verdict != verdict || decisive?.origin == .script {
      return desync.description
    }
    guard let decisive else { return "no step decided anything" }
    if decisive.origin == .harness {
      return "\(decisive.label): \(decisive.reason ?? "failed"): \(decisive.answer)"
    }
    return decisive.reason
  }
}
