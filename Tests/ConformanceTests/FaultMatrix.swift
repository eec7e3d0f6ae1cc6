// SPDX-License-Identifier: Apache-2.0
//
// All checks against relays that are broken in one way each: in memory, where a virtual clock makes
// waiting cost nothing, and over sockets.

import Conformance
import DialogueEngine
import Glibc
import NIOCore
import NIOPosix
import ReferenceRelay
import RunRecord
import SMTPTransport
import ScenarioLanguage

/// The checks, made ready once for relays with any fault.
struct FaultMatrix: Sendable {
  let scenarios: [Scenario]
  /// What the honest relay was judged in memory, in all roles and at all gates.
  let honest: [CheckRecord]
  /// The commands that each check sends, in capitals, those of its preparation left out.
  let commands: [String: Set<String>]
  private let stages: [Stage]
  /// Where each check is played if it does not declare the fault: the first place at which it says
  /// anything of the honest relay.
  private let homes: [String: Place]
  private let playsEverywhere: Bool

  private struct Place: Hashable {
    var role: String
    var gate: String?
  }

  /// One role.
  private struct Stage: Sendable {
    var role: Role
    var profile: TargetProfile
    var plan: CertificationPlan
    var gates: [String: MemoryGate]

    static func key(_ profile: TargetProfile) -> String {
      "\(profile.tls.mode) \(profile.credentials == nil)"
    }
  }

  /// The roles in the order in which a check looks for its home.
  private static let roles: [Role] = [.relay, .submission, .lmtp, .submissions]

  /// - Parameter playsEverywhere: Plays every check in every role and at every gate with every fault;
  ///   takes several times as long.
  init(_ scenarios: [Scenario], playsEverywhere: Bool) async throws {
    self.scenarios = scenarios
    self.playsEverywhere = playsEverywhere
    var stages: [Stage] = []
    for role in Self.roles {
      var profile = TargetProfile.embedded(port: 25, role: role, authority: [])
      profile.tls.trust = .unverified
      profile.level = .bounded
      let plan = try CertificationPlan(
        scenarios.filter { $0.applies.contains(role) && !$0.isExclusive }, for: profile,
        run: Self.run)
      var gates: [String: MemoryGate] = [:]
      for passed in [profile] + plan.gates.map(profile.at) {
        gates[Stage.key(passed)] = MemoryGate(
          try await SessionSettings.make(for: passed, mode: .check, run: Self.run, seed: 1))
      }
      stages.append(Stage(role: role, profile: profile, plan: plan, gates: gates))
    }
    self.stages = stages
    commands = stages.flatMap(\.plan.entries).reduce(into: [:]) { commands, entry in
      commands[entry.scenario.id, default: []].formUnion(entry.program.commands)
    }
    var honest: [CheckRecord] = []
    var homes: [String: Place] = [:]
    for stage in stages { honest += try await Self.play(stage.plan, at: stage, with: nil) }
    for record in honest
    where homes[record.id] == nil && Self.judged.contains(record.verdict) {
      homes[record.id] = Place(role: record.role ?? "", gate: record.gate)
    }
    self.honest = honest
    self.homes = homes
  }

  static let run = "matrix"
  private static let judged: Set<String> = ["pass", "info", "warn"]

  /// Plays the checks against a relay in memory that has the fault: those that declare it, or are
  /// said to trip over it, wherever they can be played; the others at home.
  func play(_ fault: any RelayFault.Type) async throws -> [CheckRecord] {
    var records: [CheckRecord] = []
    for stage in stages {
      let plan = stage.plan.narrowed { entry in
        let place = Place(role: stage.role.rawValue, gate: entry.gate.rawValue)
        return playsEverywhere || homes[entry.scenario.id] == place
          || entry.scenario.faults.contains(fault.name)
          || fault.alsoTrips[entry.scenario.id] != nil
      }
      guard !plan.entries.isEmpty else { continue }
      records += try await Self.play(plan, at: stage, with: fault)
    }
    return records
  }

  private static func play(
    _ plan: CertificationPlan, at stage: Stage, with fault: (any RelayFault.Type)?
  ) async throws -> [CheckRecord] {
    let relay = MemoryRelay(stage.role, faults: fault.map { [$0.init()] } ?? [])
    let certifier = Certifier(
      profile: stage.profile, pacing: Self.pacing(connections: 1), run: run
    ) { profile in
      guard let gate = stage.gates[Stage.key(profile)] else {
        throw TransportError(.content, "no gate was prepared for this profile")
      }
      return MemoryCarrier(gate: gate, relay: relay)
    }
    return try await certifier.certify(plan).checks
  }

  /// Nothing gets better by waiting.
  static func pacing(connections: Int) -> Pacing {
    Pacing(connections: connections, interval: .zero, patience: 6, pauses: [], greylist: [])
  }
}

extension Program {
  /// The first words of all lines that the script sends.
  fileprivate var commands: Set<String> {
    let labels = runs.flatMap(\.sessions).flatMap(\.instructions).filter { $0.origin == .script }
      .flatMap { instruction -> [String] in
        guard case .group(let members, _) = instruction.action else { return [instruction.label] }
        return members.map(\.label)
      }
    return Set(
      labels.flatMap { $0.replacing("\\n", with: "\\r").split(separator: "\\r") }
        .compactMap { $0.split(separator: " ").first?.uppercased() })
  }
}

// MARK: - Over sockets

extension FaultMatrix {
  /// Plays checks over sockets against a relay that has the fault, one role after the other until all
  /// of them have failed.
  ///
  /// - Returns: The records of the checks, in every role that was needed.
  static func playOverSockets(
    _ scenarios: [Scenario], with fault: any RelayFault.Type, on group: any EventLoopGroup
  ) async throws -> [CheckRecord] {
    let relay = try await ReferenceRelay.start(
      RelayConfiguration(faults: [fault.init()], note: { _ in }),
      listeners: roles.map { RelayListener(role: $0.ofRelay, host: "127.0.0.1", port: 0) },
      group: group)
    var records: [CheckRecord] = []
    do {
      for (role, endpoint) in zip(roles, relay.endpoints) {
        let open = scenarios.filter { scenario in
          scenario.applies.contains(role)
            && !records.contains { $0.id == scenario.id && $0.verdict == "fail" }
        }
        guard !open.isEmpty else { continue }
        var profile = TargetProfile.embedded(
          port: endpoint.port ?? 0, role: role, authority: relay.authorityPEM)
        profile.level = .bounded
        profile.timeouts = .brief
        records += try await play(open, through: profile, on: group)
      }
    } catch {
      await relay.stop()
      throw error
    }
    await relay.stop()
    return records
  }
}

extension FaultMatrix {
  /// Plays the checks at each gate in turn, until each has failed; no door is looked at.
  private static func play(
    _ scenarios: [Scenario], through profile: TargetProfile, on group: any EventLoopGroup
  ) async throws -> [CheckRecord] {
    let plan = try CertificationPlan(scenarios, for: profile, run: run)
    var records = plan.skipped.map { CheckRunner.skipped($0.scenario, reasons: $0.reasons) }
    for entry in plan.entries
    where !records.contains(where: { $0.id == entry.scenario.id && $0.verdict == "fail" }) {
      let settings = try await SessionSettings.make(
        for: entry.isBehindGate ? profile.at(entry.gate) : profile, mode: .check, run: run, seed: 1)
      var record = await CheckRunner(settings: settings, group: group)
        .run(entry.program, of: entry.scenario).record
      record.role = profile.role.rawValue
      record.gate = entry.gate.rawValue
      records.append(record)
    }
    return records
  }
}

extension Timeouts {
  /// The relay is in this process: what has not come by then never will.
  fileprivate static let brief: Timeouts = {
    var brief = Timeouts()
    for path in [
      \Timeouts.connect, \.tls, \.greeting, \.ehlo, \.auth, \.mail, \.rcpt, \.data, \.block, \.body,
      \.quit, \.other,
    ] { brief[keyPath: path] = .seconds(3) }
    return brief
  }()
}

// MARK: - Files

extension FaultMatrix {
  private static let root =
    String(#filePath.dropLast("Tests/ConformanceTests/FaultMatrix.swift".count)) + "Scenarios"

  /// Every check of an RFC, from its file.
  static func checks() throws -> [Scenario] {
    try files(below: root).filter { $0.dropFirst(root.count).hasPrefix("/rfc") }
      .map { try Scenario.decode(file: $0, root: root) }
      .filter { !$0.isLoad }
  }

  /// The register of requirements.
  static func register() throws -> RequirementRegister {
    try RequirementRegister(file: "\(root)/requirements.json")
  }

  private static func files(below folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var files: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let path = "\(folder)/\(name)"
      files += name.hasSuffix(".json") ? [path] : Self.files(below: path)
    }
    return files.sorted()
  }
}
