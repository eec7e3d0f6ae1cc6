// SPDX-License-Identifier: Apache-2.0
//
// A run of load: the plan made ready, run with progress and interruptions, and recorded.

import DialogueEngine
import LoadEngine
import MailContent
import RunRecord
import SMTPTransport
import ScenarioLanguage

/// Runs one scenario as load.
struct LoadFlow {
  let scenario: Scenario
  var request: LoadRequest
  let options: LoadOptions
  let content: ContentOptions
  var run: RunFrame

  /// Runs the load and records what came of it.
  ///
  /// - Throws: `HarnessError` where no message could be sent at all.
  func record(against target: Target) async throws -> RunRecord {
    let progress = RunProgress(console: run.surroundings.console, isQuiet: run.options.quiet)
    defer { progress.clear() }
    return try await record(against: target) { progress.show($0) }
  }

  /// The same, its progress told to whoever shows it.
  func record(
    against target: Target, progress: @escaping @Sendable (LoadProgress) -> Void
  ) async throws -> RunRecord {
    let load = try await preparedLoad(against: target)
    let outcome = try await play(load, includesRelay: target.isEmbedded, progress: progress)
    if let failure = outcome.failure { throw failure.error(of: scenario) }
    var record = run.record(
      of: ScenarioFacts(id: scenario.id, title: scenario.title),
      target: target.facts(tls: outcome.tls))
    record.load = outcome.record
    record.interrupted = run.surroundings.interruption.count > 0
    let thresholds = try thresholds()
    record.thresholds = ThresholdJudge.judge(thresholds, on: outcome.record)
    let fault = LoadValidity.fault(of: outcome.record, judgedBy: thresholds)
    record.invalidReason = record.interrupted ? nil : fault
    record.valid = record.invalidReason == nil
    record.duration = run.clock.elapsed
    return record
  }

  /// The command line's conditions take the place of the scenario's on the same metric.
  func thresholds() throws -> [Threshold] {
    let own = try options.thresholds()
    return scenario.thresholds.filter { known in !own.contains { $0.name == known.name } } + own
  }

  /// Long enough for the first connections not to look like a rate.
  private static let abortGrace = Duration.seconds(2)

  private func abortRule() throws -> AbortRule? {
    guard options.abort else { return nil }
    return AbortRule(
      thresholds: try thresholds(), after: options.abortAfter?.value ?? Self.abortGrace)
  }

  /// The load made ready for a target.
  func preparedLoad(against target: Target) async throws -> Load {
    if let refusal = target.profile.refusalOfLoad {
      throw UsageError("\(target.profile.name): \(refusal)")
    }
    let unmet = scenario.unmetNeeds(of: target.profile)
    guard unmet.isEmpty else {
      throw HarnessError("\(scenario.id) cannot run: \(unmet.joined(separator: "; "))")
    }
    try checkFileLimit(isEmbedded: target.isEmbedded)
    let program: Program
    do {
      program = try Compiler.compile(scenario, for: target.profile, run: run.id)
    } catch {
      throw UsageError(error.problems.map(\.description))
    }
    guard var session = program.sessions.first else {
      throw UsageError("\(scenario.file): there is no session to run")
    }
    if let octets = options.size?.octets { session.setSizes(octets) }
    session = try content.shaped(session, of: scenario)
    session.after421 = request.after421
    // The pauses of a closed load have no place in one that goes by the clock.
    if request.isOpen { session.think = nil }
    let settings = try await target.settings(.load, run: run, feed: program.feed)
    let prepared: PreparedProgram
    do {
      prepared = try settings.prepare(session)
    } catch let error as TransportError {
      throw HarnessError(error.description)
    }
    return Load(
      program: prepared, settings: settings, arrivals: request.arrivals,
      perConnection: request.perConnection, workers: options.workers ?? 1, hold: request.hold,
      seed: run.seed, abortsOn: try abortRule())
  }

  /// Files that the process needs besides its connections: streams, event loops, the run folder.
  private static let otherFiles = 64

  func checkFileLimit(isEmbedded: Bool) throws {
    let limit = ProcessFacts.raiseFileLimit()
    let needed = request.sessions * (isEmbedded ? 2 : 1) + Self.otherFiles
    guard needed > limit else { return }
    throw HarnessError(
      "\(request.sessions) sessions need \(needed) open files, the limit is \(limit); "
        + "raise it with ulimit -n")
  }

  /// Runs a load with progress and interruptions.
  func play(
    _ load: Load, includesRelay: Bool, progress: @escaping @Sendable (LoadProgress) -> Void
  ) async throws -> LoadOutcome {
    let control = LoadControl()
    return try await run.surroundings.interruption.handled(
      by: { count in count > 1 ? control.abandon() : control.drain() }
    ) {
      try await LoadRun.run(
        load, control: control, includesRelay: includesRelay, progress: progress)
    }
  }
}

extension SessionProgram {
  /// Gives every generated message this size in octets.
  mutating func setSizes(_ octets: Int) {
    for index in instructions.indices {
      switch instructions[index].action {
      case .message(var spec, let shape):
        spec.size = .fixed(octets)
        instructions[index].action = .message(spec, shape)
      case .bdat(.message(var spec), let chunks, let last, let pipelined):
        spec.size = .fixed(octets)
        instructions[index].action = .bdat(
          .message(spec), chunks: chunks, last: last, pipelined: pipelined)
      default: break
      }
    }
  }
}

extension LoadFailure {
  /// The same as the end of a run of the scenario.
  func error(of scenario: Scenario) -> HarnessError {
    switch self {
    case .unreachable(let reason): HarnessError(reason)
    case .skipped(let reason): HarnessError("\(scenario.id) cannot run: \(reason)")
    }
  }
}
