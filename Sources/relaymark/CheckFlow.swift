// SPDX-License-Identifier: Apache-2.0
//
// A run of checks: one scenario after another against one target, until the user says stop.

import Conformance
import DialogueEngine
import MailContent
import NIOCore
import NIOPosix
import RunRecord
import SMTPTransport
import SMTPWire
import ScenarioLanguage
import Synchronization

/// Runs scenarios as checks.
struct CheckFlow {
  let scenarios: [Scenario]
  /// The size of each message in place of the scenario's.
  let size: Int?
  let run: RunFrame

  /// Runs them all and records what they found.
  func record(against target: Target) async throws -> RunRecord {
    let settings = try await target.settings(.check, run: run)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let runner = CheckRunner(settings: settings, group: group, sink: target.sink)
    let progress = RunProgress(
      console: run.surroundings.console, isQuiet: run.options.quiet || run.options.trace)
    var checks: [CheckRecord] = []
    var facts = target.facts()
    for (place, scenario) in scenarios.enumerated() {
      if run.surroundings.interruption.count > 0 { break }
      progress.show(check: place + 1, of: scenarios.count, id: scenario.id)
      let result = try await check(scenario, against: target, runner: runner)
      progress.clear()
      // Where nobody ever answered the door, the other scenarios would say the same.
      let isStopped = run.surroundings.interruption.count > 0
      if !isStopped, !checks.contains(where: \.reached), let obstacle = obstacle(in: result) {
        try await group.shutdownGracefully()
        throw HarnessError(obstacle)
      }
      if run.options.trace { trace(result.record) }
      checks.append(result.record)
      if let report = result.report, facts.greeting == nil || facts.capabilities.isEmpty {
        facts = target.facts(
          greeting: report.record.greeting, capabilities: report.record.capabilities,
          tls: report.tls)
      }
    }
    try await group.shutdownGracefully()
    var record = run.record(of: scenarioFacts, target: facts)
    record.checks = checks
    record.duration = run.clock.elapsed
    record.interrupted = run.surroundings.interruption.count > 0
    return record
  }

  private var scenarioFacts: ScenarioFacts {
    guard scenarios.count != 1, let first = scenarios.first else {
      return ScenarioFacts(id: scenarios.first?.id ?? "none", title: scenarios.first?.title ?? "")
    }
    var folder = first.id.split(separator: "/").map(String.init)
    for scenario in scenarios {
      let parts = scenario.id.split(separator: "/").map(String.init)
      folder = Array(folder.prefix(zip(folder, parts).prefix { $0 == $1 }.count))
    }
    return ScenarioFacts(
      id: folder.isEmpty ? "checks" : folder.joined(separator: "/"),
      title: "\(scenarios.count) checks")
  }

  private func check(
    _ scenario: Scenario, against target: Target, runner: CheckRunner
  ) async throws -> CheckResult {
    let unmet = scenario.unmetNeeds(of: target.profile)
    guard unmet.isEmpty else {
      return CheckResult(record: CheckRunner.skipped(scenario, reasons: unmet))
    }
    var program: Program
    do {
      program = try Compiler.compile(scenario, for: target.profile, run: run.id)
    } catch {
      throw UsageError(error.problems.map(\.description))
    }
    if let size { program.setSizes(size) }
    let ready = program
    return await stoppable(scenario) { await runner.run(ready, of: scenario) }
  }

  /// Runs the check; the first interruption ends it politely, the second does not wait for that.
  private func stoppable(
    _ scenario: Scenario, _ body: @escaping @Sendable () async -> CheckResult
  ) async -> CheckResult {
    let (results, continuation) = AsyncStream.makeStream(of: CheckResult?.self)
    let task = Task { continuation.yield(await body()) }
    return await run.surroundings.interruption.handled(by: { count in
      task.cancel()
      if count > 1 { continuation.yield(nil) }
    }) {
      for await result in results {
        if let result { return result }
        break
      }
      return CheckResult(record: CheckRunner.stopped(scenario))
    }
  }

  /// Why the check met a closed door; nil where it did not.
  private func obstacle(in result: CheckResult) -> String? {
    guard !result.record.reached, result.report != nil else { return nil }
    return result.record.actual ?? result.record.reason
  }

  private func trace(_ check: CheckRecord) {
    let lines = ["=== \(check.id): \(check.verdict)"] + check.transcriptLines
    run.surroundings.console.note(lines.joined(separator: "\n") + "\n")
  }
}

extension Program {
  /// Gives every generated message this size in octets.
  mutating func setSizes(_ octets: Int) {
    for run in runs.indices {
      for session in runs[run].sessions.indices {
        runs[run].sessions[session].setSizes(octets)
      }
      for errand in runs[run].errands.indices {
        guard case .deliver(var delivery) = runs[run].errands[errand].kind else { continue }
        delivery.spec.size = .fixed(octets)
        runs[run].errands[errand].kind = .deliver(delivery)
      }
    }
  }
}
