// SPDX-License-Identifier: Apache-2.0
//
// A certification: one suite for each target (the embedded relay is one in each of its roles), made
// into one record.

import Conformance
import NIOCore
import NIOPosix
import RunRecord
import SMTPTransport
import ScenarioLanguage

/// Runs suites of checks.
struct CertifyFlow {
  let scenarios: [Scenario]
  let selection: SelectionOptions
  let run: RunFrame

  /// Certifies the targets one after the other.
  func record(of targets: [Target]) async throws -> RunRecord {
    let plans = try targets.map { try plan(for: $0.profile) }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var facts: TargetFacts?
    var checks: [CheckRecord] = []
    var closed: [String] = []
    do {
      for (target, plan) in zip(targets, plans) where !isInterrupted && !isDone(checks) {
        let found = try await certify(target, plan, group)
        checks += found.checks
        if let reason = found.shutOut {
          closed.append("\(target.profile.name): the target turned us away: \(reason)")
        }
        let seen = target.facts(
          greeting: found.greeting, capabilities: found.capabilities, tls: found.tls)
        facts = facts ?? seen
      }
      try await group.shutdownGracefully()
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
    for reason in closed { run.surroundings.console.error(reason) }
    var record = run.record(
      of: ScenarioFacts(id: "certify", title: "Certification"),
      target: summed(facts, over: targets))
    record.checks = checks
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
    selection.failFast && checks.contains { $0.verdict == Verdict.fail.rawValue }
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
      failsFast: selection.failFast
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
