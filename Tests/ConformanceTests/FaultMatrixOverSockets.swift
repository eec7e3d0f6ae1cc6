// SPDX-License-Identifier: Apache-2.0
//
// Checks over sockets against relays that are broken in one way each, and the files of all checks.

import Conformance
import DialogueEngine
import JSONText
import NIOCore
import ReferenceRelay
import RunRecord
import SMTPTransport
import ScenarioLanguage

@testable import relaymark

extension FaultMatrix {
  /// Plays checks over sockets against a relay that has the fault: the finders in one role and at one
  /// gate after the other until each has failed, the others in the first role that they speak of.
  ///
  /// - Returns: The records of the checks, at every place that was needed.
  static func playOverSockets(
    _ finders: [Scenario], others: [Scenario], with fault: any RelayFault.Type,
    on group: any EventLoopGroup
  ) async throws -> [CheckRecord] {
    var configuration = RelayConfiguration(faults: [fault.init()], note: { _ in })
    return try await withSink(neededBy: finders + others, on: group) { sink in
      configuration.nextHop = sink.map {
        RelayNextHop(host: $0.address.host, port: $0.address.port)
      }
      let relay = try await ReferenceRelay.start(
        configuration,
        listeners: roles.map { RelayListener(role: $0.ofRelay, host: "127.0.0.1", port: 0) },
        group: group)
      do {
        let records = try await play(finders, others: others, at: relay, sink: sink, on: group)
        await relay.stop()
        return records
      } catch {
        await relay.stop()
        throw error
      }
    }
  }

  /// How long a message may be on its way, refusals and tries that follow included.
  private static let window = Duration.seconds(6)

  /// Runs the body while a sink listens, where one is needed.
  static func withSink<Result: Sendable>(
    neededBy scenarios: [Scenario], on group: any EventLoopGroup,
    _ body: (Sink?) async throws -> Result
  ) async throws -> Result {
    guard scenarios.contains(where: \.needs.sink) else { return try await body(nil) }
    let sink = try await Sink.start(
      at: TargetProfile.SinkAddress(host: "127.0.0.1", port: 0), settling: .milliseconds(200),
      on: group)
    do {
      let result = try await body(sink)
      await sink.stop()
      return result
    } catch {
      await sink.stop()
      throw error
    }
  }

  private static func play(
    _ finders: [Scenario], others: [Scenario], at relay: ReferenceRelay, sink: Sink?,
    on group: any EventLoopGroup
  ) async throws -> [CheckRecord] {
    var records: [CheckRecord] = []
    for (role, endpoint) in zip(roles, relay.endpoints) {
      let open =
        finders.filter { scenario in
          scenario.applies.contains(role)
            && !records.contains { $0.id == scenario.id && $0.verdict == "fail" }
        } + others.filter { scenario in roles.first(where: scenario.applies.contains) == role }
      guard !open.isEmpty else { continue }
      var profile = TargetProfile.embedded(
        port: endpoint.port ?? 0, role: role, authority: relay.authorityPEM)
      profile.level = .bounded
      profile.timeouts = .brief
      if let sink { profile.connect(sink: sink.address, window: window) }
      records += try await play(open, through: profile, sink: sink?.desk, on: group)
    }
    return records
  }

  /// Plays the checks that need a sink against an honest relay, in every role and at every gate.
  static func playSinkHonestly(
    _ scenarios: [Scenario], on group: any EventLoopGroup
  ) async throws -> [CheckRecord] {
    try await withSink(neededBy: scenarios, on: group) { sink in
      guard let sink else { return [] }
      var configuration = RelayConfiguration(note: { _ in })
      configuration.nextHop = RelayNextHop(host: sink.address.host, port: sink.address.port)
      let relay = try await ReferenceRelay.start(
        configuration,
        listeners: roles.map { RelayListener(role: $0.ofRelay, host: "127.0.0.1", port: 0) },
        group: group)
      var records: [CheckRecord] = []
      do {
        for (role, endpoint) in zip(roles, relay.endpoints) {
          var profile = TargetProfile.embedded(
            port: endpoint.port ?? 0, role: role, authority: relay.authorityPEM)
          profile.connect(sink: sink.address, window: window)
          let plan = try CertificationPlan(
            scenarios.filter { $0.applies.contains(role) }, for: profile, run: run)
          let certifier = Certifier(
            profile: profile, run: run, seed: 1, group: group, sink: sink.desk)
          records += try await certifier.certify(plan).checks
        }
      } catch {
        await relay.stop()
        throw error
      }
      await relay.stop()
      return records
    }
  }

  /// Plays the checks at each gate in turn, until each has failed; no door is looked at.
  private static func play(
    _ scenarios: [Scenario], through profile: TargetProfile, sink: SinkDesk?,
    on group: any EventLoopGroup
  ) async throws -> [CheckRecord] {
    let plan = try CertificationPlan(scenarios, for: profile, run: run)
    var records = plan.skipped.map { CheckRunner.skipped($0.scenario, reasons: $0.reasons) }
    for entry in plan.entries
    where !records.contains(where: { $0.id == entry.scenario.id && $0.verdict == "fail" }) {
      let settings = try await SessionSettings.make(
        for: entry.isBehindGate ? profile.at(entry.gate) : profile, mode: .check, run: run, seed: 1)
      var record = await CheckRunner(settings: settings, group: group, sink: sink)
        .run(entry.program, of: entry.scenario).record
      record.role = profile.role.rawValue
      record.gate = entry.gate.rawValue
      records.append(record)
    }
    return records
  }
}

extension RelayFault {
  /// Whether it changes how the relay speaks TLS, which shows over sockets alone.
  static var adjustsTLS: Bool {
    let honest = RelayTLS()
    var broken = honest
    Self().adjust(&broken)
    return "\(broken)" != "\(honest)"
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
    String(#filePath.dropLast("Tests/ConformanceTests/FaultMatrixOverSockets.swift".count))
    + "Scenarios"

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
    Folder.names(in: folder).filter { !$0.hasPrefix(".") }.flatMap { name in
      name.hasSuffix(".json") ? ["\(folder)/\(name)"] : files(below: "\(folder)/\(name)")
    }.sorted()
  }
}
