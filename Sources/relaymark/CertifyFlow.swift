// SPDX-License-Identifier: Apache-2.0
//
// A certification: one suite for each target (the embedded relay is one in each of its roles), made
// into one record.

import Conformance
import DialogueEngine
import NIOCore
import NIOPosix
import RunRecord
import SMTPTransport
import SMTPWire
import ScenarioLanguage

/// Runs suites of checks.
struct CertifyFlow {
  let scenarios: [Scenario]
  let selection: SelectionOptions
  let waivers: [Waiver]
  let register: RequirementRegister
  let run: RunFrame

  /// Certifies the targets one after the other.
  func record(of targets: [Target]) async throws -> RunRecord {
    let plans = try targets.map { try plan(for: $0.profile) }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var facts: TargetFacts?
    var checks: [CheckRecord] = []
    var certificate = CertificateRecord()
    do {
      for (target, plan) in zip(targets, plans) where !isInterrupted && !isDone(checks) {
        let found = try await certify(target, plan, group)
        checks += found.checks
        if let reason = found.shutOut {
          certificate.shutOut.append("\(target.profile.name): the target turned us away: \(reason)")
        }
        let seen = target.facts(
          greeting: found.greeting, capabilities: found.capabilities, tls: found.tls)
        facts = facts ?? seen
        certificate.gates += found.gates.map { GateRecord(of: $0, role: target.profile.role) }
      }
      try await group.shutdownGracefully()
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
    for reason in certificate.shutOut { run.surroundings.console.error(reason) }
    var record = run.record(
      of: ScenarioFacts(id: "certify", title: "Certification"),
      target: summed(facts, over: targets))
    (record.checks, certificate.waivers) = Waiving(
      waivers, isPart: !selection.only.isEmpty || selection.level != nil || isInterrupted
    ).applied(to: checks)
    certificate.requirements = requirements(of: checks)
    record.certificate = certificate
    record.duration = run.clock.elapsed
    record.interrupted = isInterrupted
    return record
  }

  /// What would be run, a line each.
  func preview(of profiles: [TargetProfile]) throws -> String {
    var text = ""
    for profile in profiles {
      let plan = try plan(for: profile)
      let gates = plan.gates.map(\.rawValue).joined(separator: ", ")
      text += "\(profile.role.rawValue): \(plan.entries.count) checks, gates: \(gates)\n"
      for entry in plan.entries {
        text += "  \(entry.scenario.id)  \(entry.gate.rawValue)\n"
      }
      for (scenario, reasons) in plan.skipped {
        text += "  \(scenario.id)  skipped: \(reasons.joined(separator: "; "))\n"
      }
    }
    return text
  }

  private var isInterrupted: Bool { run.surroundings.interruption.count > 0 }

  private func isDone(_ checks: [CheckRecord]) -> Bool {
    let waiving = Waiving(waivers)
    return selection.failFast && checks.contains(where: waiving.isFailure)
  }

  /// The rules that the checks name, in the order of the register.
  private func requirements(of checks: [CheckRecord]) -> [RequirementRecord] {
    let named = Set(checks.flatMap(\.requirements))
    return register.requirements.filter { named.contains($0.id) }.map {
      RequirementRecord(
        id: $0.id, rfc: $0.rfc, section: $0.section, level: $0.level.rawValue, title: $0.title)
    }
  }

  /// Leaves out what says nothing of the embedded relay's role: it is certified in every one.
  private func plan(for profile: TargetProfile) throws -> CertificationPlan {
    do {
      return try CertificationPlan(
        scenarios.filter { $0.applies.contains(profile.role) }, for: profile, run: run.id)
    } catch {
      throw UsageError(error.problems.map(\.description))
    }
  }

  private func certify(
    _ target: Target, _ plan: CertificationPlan, _ group: MultiThreadedEventLoopGroup
  ) async throws -> Certification {
    let progress = RunProgress(
      console: run.surroundings.console, isQuiet: run.options.quiet || run.options.trace)
    defer { progress.clear() }
    let role = target.profile.role.rawValue
    var pacing = Pacing(for: target.profile)
    if let connections = selection.connections { pacing.connections = connections }
    let certifier = Certifier(
      profile: target.profile, pacing: pacing, run: run.id, seed: run.seed, group: group,
      failsFast: selection.failFast, waiving: Waiving(waivers), sink: target.sink
    ) { number, total, id in
      progress.show(check: number, of: total, id: "\(role) \(id)")
    }
    let task = Task { try await certifier.certify(plan) }
    return try await run.surroundings.interruption.handled(by: { _ in task.cancel() }) {
      do {
        return try await task.value
      } catch let error as TransportError {
        throw HarnessError(error.description)
      }
    }
  }

  /// The facts of the first target, with the roles of all.
  private func summed(_ facts: TargetFacts?, over targets: [Target]) -> TargetFacts {
    var sum = facts ?? targets.first?.facts() ?? TargetFacts(name: "", host: "", port: 0, role: "")
    if targets.count > 1 {
      sum.name = "embedded relay"
      sum.role = targets.map(\.profile.role.rawValue).joined(separator: ", ")
    }
    return sum
  }
}

extension GateRecord {
  init(of facts: GateFacts, role: Role) {
    self.init(
      role: role.rawValue, gate: facts.gate.rawValue, obstacle: facts.door.reason,
      greeting: facts.greeting?.oneLine, capabilities: facts.capabilities?.lines ?? [],
      tls: facts.tls.map(TLSRecord.init(of:)),
      timings: facts.timings.map { Timing(name: $0.name, text: $0.text) })
  }
}
