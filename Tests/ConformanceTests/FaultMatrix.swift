// SPDX-License-Identifier: Apache-2.0
//
// All checks against relays in memory that are broken in one way each. A virtual clock makes waiting
// cost nothing, and checks in which a fault cannot make itself felt are not played again.

import Conformance
import DialogueEngine
import ReferenceRelay
import RunRecord
import SMTPTransport
import ScenarioLanguage

/// The checks, made ready once for relays with any fault.
struct FaultMatrix: Sendable {
  let scenarios: [Scenario]
  /// Checks that memory cannot play: they ask about TLS itself, or need several sessions at a time.
  let forSockets: Set<String>
  /// Those that ask about TLS itself.
  let aboutTLS: Set<String>
  /// The commands that each check sends, in capitals, those of its preparation left out.
  let commands: [String: Set<String>]
  private let stages: [Stage]
  /// Plays every check in every role and at every gate with every fault.
  private let playsEverywhere: Bool

  /// One role.
  private struct Stage: Sendable {
    var role: Role
    var profile: TargetProfile
    var plan: CertificationPlan
    var gates: [String: MemoryGate]
    var scenes: [Scene] = []
    /// The rules of the honest relay, in words.
    let policy: String

    init(
      role: Role, profile: TargetProfile, plan: CertificationPlan, gates: [String: MemoryGate]
    ) {
      self.role = role
      self.profile = profile
      self.plan = plan
      self.gates = gates
      policy = MemoryRelay(role).policy
    }

    func gate(_ profile: TargetProfile) throws -> MemoryGate {
      guard let gate = gates[Self.key(profile)] else {
        throw TransportError(.content, "no gate was prepared for this profile")
      }
      return gate
    }

    static func key(_ profile: TargetProfile) -> String {
      "\(profile.tls.mode) \(profile.credentials == nil)"
    }
  }

  /// One check at one gate.
  private struct Scene: Sendable {
    var entry: CertificationPlan.Entry
    var gate: MemoryGate
    /// What a fault would have been asked while the honest relay played.
    var log: FaultLog
    /// Whether it is played with faults that it does not declare: the first place at which the check
    /// says anything of the honest relay.
    var isHome: Bool
  }

  /// The roles in the order in which a check looks for its home.
  static let roles: [Role] = [.relay, .submission, .lmtp, .submissions]
  static let run = "matrix"

  init(_ scenarios: [Scenario], playsEverywhere: Bool) async throws {
    self.scenarios = scenarios
    self.playsEverywhere = playsEverywhere
    var stages: [Stage] = []
    var aboutTLS: Set<String> = []
    var commands: [String: Set<String>] = [:]
    for role in Self.roles {
      var profile = TargetProfile.embedded(port: 25, role: role, authority: [])
      profile.tls.trust = .unverified
      profile.level = .bounded
      // Who asks whom we trust is to be found among the checks about TLS.
      var trusting = profile
      trusting.tls.trust = .system
      let plan = try CertificationPlan(
        scenarios.filter { $0.applies.contains(role) }, for: trusting, run: Self.run)
      for entry in plan.entries {
        if entry.program.isAboutTLS { aboutTLS.insert(entry.scenario.id) }
        commands[entry.scenario.id, default: []].formUnion(entry.program.commands)
      }
      var gates: [String: MemoryGate] = [:]
      for passed in [profile] + plan.gates.map(profile.at) {
        gates[Stage.key(passed)] = MemoryGate(
          try await SessionSettings.make(for: passed, mode: .check, run: Self.run, seed: 1))
      }
      stages.append(Stage(role: role, profile: profile, plan: plan, gates: gates))
    }
    let forSockets = aboutTLS.union(scenarios.filter(\.isExclusive).map(\.id))
    var atHome: Set<String> = []
    for place in stages.indices {
      stages[place].plan = stages[place].plan.narrowed { !forSockets.contains($0.scenario.id) }
      stages[place].scenes = try await Self.scenes(of: stages[place], atHome: &atHome)
    }
    self.forSockets = forSockets
    self.aboutTLS = aboutTLS
    self.commands = commands
    self.stages = stages
  }

  /// Plays all checks of a role against the honest relay and writes down what faults would be asked.
  private static func scenes(
    of stage: Stage, atHome: inout Set<String>
  ) async throws -> [Scene] {
    var scenes: [Scene] = []
    for entry in stage.plan.entries {
      let profile = entry.isBehindGate ? stage.profile.at(entry.gate) : stage.profile
      let gate = try stage.gate(profile)
      let log = FaultLog()
      let relay = MemoryRelay(stage.role, faults: [FaultRecorder(log)], log: log)
      let carrier = MemoryCarrier(gate: gate, relay: relay)
      let record = await CheckRunner(carrier: carrier)
        .run(entry.program, of: entry.scenario).record
      let isHome =
        ["pass", "info", "warn"].contains(record.verdict)
        && atHome.insert(entry.scenario.id).inserted
      scenes.append(Scene(entry: entry, gate: gate, log: log, isHome: isHome))
    }
    return scenes
  }
}

// MARK: - Playing

extension FaultMatrix {
  /// Certifies the honest relay, in all roles and at all gates.
  func playHonestly() async throws -> [CheckRecord] {
    var records: [CheckRecord] = []
    for stage in stages {
      let relay = MemoryRelay(stage.role)
      let certifier = Certifier(
        profile: stage.profile,
        pacing: Pacing(connections: 1, interval: .zero, patience: 6, pauses: [], greylist: []),
        run: Self.run
      ) { MemoryCarrier(gate: try stage.gate($0), relay: relay) }
      records += try await certifier.certify(stage.plan).checks
    }
    return records
  }

  /// Plays the checks against a relay that has the fault.
  ///
  /// Those that declare it, or are said to trip over it, are played wherever they can be, the others at
  /// home. Those that it leaves alone are not played.
  func play(_ fault: any RelayFault.Type) async -> [CheckRecord] {
    var records: [CheckRecord] = []
    for stage in stages {
      let relay = MemoryRelay(stage.role, faults: [fault.init()])
      let turnsKnobs = stage.policy != relay.policy
      var book = InvariantBook()
      for scene in stage.scenes where isWanted(scene, with: fault) {
        if !turnsKnobs, scene.log.leavesAlone(fault) { continue }
        let entry = scene.entry
        let result = await CheckRunner(carrier: MemoryCarrier(gate: scene.gate, relay: relay))
          .run(entry.program, of: entry.scenario)
        var record = result.record
        record.role = stage.role.rawValue
        record.gate = entry.gate.rawValue
        records.append(record)
        book.merge(result.invariants.of(check: entry.scenario.id))
      }
      for var record in book.records {
        record.role = stage.role.rawValue
        records.append(record)
      }
    }
    return records
  }

  private func isWanted(_ scene: Scene, with fault: any RelayFault.Type) -> Bool {
    playsEverywhere || scene.isHome || scene.entry.scenario.faults.contains(fault.name)
      || fault.alsoTrips[scene.entry.scenario.id] != nil
  }
}

extension Program {
  private var instructions: [Instruction] { runs.flatMap(\.sessions).flatMap(\.instructions) }

  /// The first words of all lines that the script sends.
  fileprivate var commands: Set<String> {
    let labels = instructions.filter { $0.origin == .script }.flatMap { instruction -> [String] in
      guard case .group(let members, _) = instruction.action else { return [instruction.label] }
      return members.map(\.label)
    }
    return Set(
      labels.flatMap { $0.replacing("\\n", with: "\\r").split(separator: "\\r") }
        .compactMap { $0.split(separator: " ").first?.uppercased() })
  }

  /// Whether it matters how TLS is made, and not only that it is there.
  fileprivate var isAboutTLS: Bool {
    instructions.contains { instruction in
      if case .startTLS(.offering) = instruction.action { return true }
      if case .connect(_, .some) = instruction.action { return true }
      return instruction.expectation.conditions.contains {
        if case .tls = $0 { true } else { false }
      }
    }
  }
}
