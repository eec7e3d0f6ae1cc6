// SPDX-License-Identifier: Apache-2.0
//
// Which checks are run at which gates. A pure function of the scenarios and the profile, so that it
// can be shown without sending anything.

package import ScenarioLanguage

/// What a certification will run against one target.
package struct CertificationPlan: Sendable {
  /// One check at one gate.
  package struct Entry: Sendable {
    package var scenario: Scenario
    /// The gate for which its result counts.
    package var gate: Gate
    /// Whether the check begins behind the gate, so that it says nothing where the gate is closed.
    ///
    /// The others begin before the gate and may pass it, or not, as they like.
    package var isBehindGate: Bool
    package var program: Program
  }

  package private(set) var entries: [Entry] = []
  /// Checks that cannot be run at any gate, with what they lack.
  package private(set) var skipped: [(scenario: Scenario, reasons: [String])] = []
  /// The gates that the profile can pass.
  package let gates: [Gate]

  /// - Throws: What is wrong with a scenario for this target.
  package init(
    _ scenarios: [Scenario], for profile: TargetProfile, run: String
  ) throws(ScriptError) {
    gates = profile.gates
    for scenario in scenarios {
      let places = Self.places(of: scenario, gates: gates)
      let able = places.filter { scenario.unmetNeeds(of: $0.profile(profile)).isEmpty }
      if able.isEmpty, let last = places.last {
        skipped.append((scenario, scenario.unmetNeeds(of: last.profile(profile))))
      }
      for place in able {
        let program = try Compiler.compile(scenario, for: place.profile(profile), run: run)
        entries.append(
          Entry(
            scenario: scenario, gate: place.gate, isBehindGate: place.isBehindGate,
            program: program))
      }
    }
  }

  /// Whether a higher gate logs in, so that a refusal at this one may be for want of a login.
  func wantsLogin(at gate: Gate) -> Bool { !gate.logsIn && gates.contains(where: \.logsIn) }

  /// The plan with some of its entries, at the same gates; what could not be run is not mentioned.
  package func narrowed(to isWanted: (Entry) -> Bool) -> CertificationPlan {
    var plan = self
    plan.entries = entries.filter(isWanted)
    plan.skipped = []
    return plan
  }

  private struct Place {
    var gate: Gate
    var isBehindGate: Bool

    func profile(_ whole: TargetProfile) -> TargetProfile {
      isBehindGate ? whole.at(gate) : whole
    }
  }

  /// What begins before TLS is the same at every gate; what begins before the login, at every gate
  /// with TLS; what begins ready is another matter at each.
  private static func places(of scenario: Scenario, gates: [Gate]) -> [Place] {
    guard let lowest = gates.first else { return [] }
    switch scenario.latestStart {
    case .connected, .greeted, .hello, nil:
      return [Place(gate: lowest, isBehindGate: false)]
    case .secure:
      let gate = gates.first(where: \.usesTLS) ?? lowest
      return [Place(gate: gate, isBehindGate: false)]
    case .ready:
      return gates.map { Place(gate: $0, isBehindGate: true) }
    }
  }
}

extension Scenario {
  /// The furthest state in which one of its sessions begins; nil where the script connects itself.
  var latestStart: StartState? {
    var latest = connectsByItself ? nil : start ?? .ready
    for run in runs {
      guard case .sessions(let sessions) = run.body else { continue }
      for session in sessions { latest = max(latest ?? session.start, session.start) }
    }
    return latest
  }

  /// Whether the check needs the target for itself: it counts sessions, leans on the target,
  /// or has a say in what the sink answers.
  package var isExclusive: Bool {
    if level > .odd || recover != nil || needs.sink { return true }
    return runs.contains { run in
      if case .sessions = run.body { true } else { false }
    }
  }
}
