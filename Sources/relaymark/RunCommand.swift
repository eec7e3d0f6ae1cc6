// SPDX-License-Identifier: Apache-2.0
//
// `relaymark run`: plays scenarios against a target, once as checks or many times as load.

import ArgumentParser
import ReportWriters
import RunRecord
import ScenarioLanguage

/// Plays scenarios.
struct RunCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Play scenarios against a target, as checks or as load.",
    discussion: """
      A scenario runs once as a check. One with a load block, or with --sessions, --messages, \
      --per-connection or --hold on the command line, runs as load.
      """)

  @Argument(
    help: ArgumentHelp(
      "Scenario files, folders of them, or the beginnings of their ids.", valueName: "scenario"))
  var scenarios: [String]

  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Load") var load: LoadOptions
  @OptionGroup(title: "Load content") var content: ContentOptions
  @OptionGroup(title: "Report") var report: ReportOptions

  @Option(
    help: ArgumentHelp(
      "Shares of several targets in a load, such as 3,1; equal by default.", valueName: "n,n"))
  var weights: WeightsArgument?

  @Option(help: ArgumentHelp("Makes a run repeatable.", valueName: "number"))
  var seed: UInt64?

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    let scenarios = try decodedScenarios()
    let output = RunOutput(options: report, console: surroundings.console)
    try output.prepare()
    let run = RunFrame(
      seed: seed ?? UInt64.random(in: .min ... .max), command: surroundings.arguments,
      options: report, surroundings: surroundings)
    let record: RunRecord
    let loaded = try loadScenario(among: scenarios)
    try content.check(scenarios: scenarios, areLoad: loaded != nil)
    guard loaded != nil || load.after421 == nil else {
      throw UsageError(
        "--after-421 is for load; give --messages, or a scenario that has a load block")
    }
    if let loaded, target.targets.count > 1, loaded.study == nil {
      return try await performSideBySide(loadFlow(of: loaded, run), output)
    }
    try target.requireOne(for: loaded == nil ? "a check" : "a study")
    guard weights == nil else {
      throw UsageError("--weights divide a load over several targets; there is one")
    }
    let targetOptions = try content.applied(to: target)
    if let loaded {
      let flow = try loadFlow(of: loaded, run)
      record = try await Target.with(targetOptions, for: loaded.applies, underLoad: true) {
        let target = try finished($0)
        guard loaded.study == .reuse else { return try await flow.record(against: target) }
        return try await ReuseFlow(flow: flow).record(against: target)
      }
    } else {
      let flow = CheckFlow(scenarios: scenarios, size: load.size?.octets, run: run)
      record = try await Target.with(
        targetOptions, for: Self.commonRoles(of: scenarios), underLoad: false
      ) {
        let target = try finished($0)
        guard !target.isEmbedded else { return try await flow.record(against: target) }
        return try await Sink.with(target.profile, neededBy: scenarios) { sink in
          var target = target
          target.sink = sink
          return try await flow.record(against: target)
        }
      }
    }
    return output.finish(record)
  }

  /// One load over several targets at the same time: a record and a folder for each, and a comparison.
  private func performSideBySide(_ flow: LoadFlow, _ output: RunOutput) async throws -> RunExit {
    let weights = weights?.weights ?? target.targets.map { _ in 1 }
    guard weights.count == target.targets.count else {
      throw UsageError(
        "--weights: \(weights.count) weights for \(target.targets.count) targets")
    }
    let targets = try Target.all(target).map(finished)
    try flow.checkFileLimit(isEmbedded: false)
    let sides = SideBySide(flow: flow, targets: targets, weights: weights)
    var records: [RunRecord] = []
    var exits: [RunExit] = []
    for outcome in try await sides.outcomes() {
      switch outcome {
      case .record(let record):
        records.append(record)
        exits.append(output.finish(record))
      case .failed(let reason):
        output.console.error(reason)
        exits.append(.couldNotRun)
      }
    }
    if records.count > 1, !report.quiet, !report.json {
      let comparison = Comparison(of: records)
      output.console.result("\n" + ComparisonText(of: comparison, all: false).text)
    }
    return SideBySide.worst(of: exits)
  }

  /// The target with everything that the command line says of it.
  private func finished(_ target: Target) throws -> Target {
    let target = content.applied(to: target)
    try self.target.check(against: target.profile)
    return target
  }

  /// The load that scenario and command line ask for together.
  private func loadFlow(of scenario: Scenario, _ run: RunFrame) throws -> LoadFlow {
    var load = load
    if content.reuse {
      guard load.perConnection == nil || load.perConnection?.value == .endless else {
        throw UsageError("--reuse and --per-connection exclude each other")
      }
      load.perConnection = PerConnectionArgument(argument: "endless")
    }
    let request = try LoadRequest(of: scenario, with: load)
    if scenario.study == .reuse { try checkStudy(request) }
    try content.check(
      perConnection: request.perConnection, isOpen: request.isOpen,
      hasSize: load.size != nil)
    return LoadFlow(
      scenario: scenario, request: request, options: load, content: content, run: run)
  }

  /// - Throws: `UsageError` for what a study of reuse decides by itself.
  private func checkStudy(_ request: LoadRequest) throws {
    let decided: [(String, Bool)] = [
      ("--per-connection", load.perConnection != nil), ("--reuse", content.reuse),
      ("--hold", load.hold != nil), ("--rate", request.isOpen),
      ("--resumption", target.resumption != nil || target.noResumption),
    ]
    let given = decided.filter(\.1).map(\.0)
    guard given.isEmpty else {
      throw UsageError(
        given.map { "\($0): a study of reuse tries fresh, resumed and reused connections itself" })
    }
  }

  /// Reads everything before anything is sent.
  private func decodedScenarios() throws -> [Scenario] {
    var decoded: [Scenario] = []
    var problems: [String] = []
    for file in try ScenarioFinder().find(scenarios) {
      do {
        decoded.append(try Scenario.decode(file: file.path, root: file.root))
      } catch {
        problems += error.problems.map(\.description)
      }
    }
    guard problems.isEmpty else { throw UsageError(problems) }
    return decoded
  }

  /// The one scenario that is to run as load; nil where all run as checks.
  private func loadScenario(among scenarios: [Scenario]) throws -> Scenario? {
    let loads = scenarios.filter { $0.isLoad || $0.load != nil }
    guard load.asksForLoad || !loads.isEmpty else { return nil }
    guard scenarios.count == 1, let scenario = scenarios.first else {
      let example = loads.first?.id ?? "the options for load"
      throw UsageError("one load at a time: \(example) cannot run beside other scenarios")
    }
    if case .sessions? = scenario.runs.first?.body {
      throw UsageError("\(scenario.file): named sessions run as a check, not as load")
    }
    guard scenario.runs.count == 1 else {
      throw UsageError("\(scenario.file): a scenario that repeats runs as a check, not as load")
    }
    return scenario
  }

  /// The roles that fit all scenarios, in the order of the first; all of the first where none does.
  private static func commonRoles(of scenarios: [Scenario]) -> [Role] {
    guard let first = scenarios.first?.applies else { return [.relay] }
    let common = first.filter { role in scenarios.allSatisfy { $0.applies.contains(role) } }
    return common.isEmpty ? first : common
  }
}

/// What is the same for every kind of run.
struct RunFrame {
  let seed: UInt64
  /// The arguments of the command line.
  let command: [String]
  let options: ReportOptions
  let surroundings: Surroundings
  let clock = RunClock()

  var started: String { Timestamp.text(secondsSince1970: clock.started) }

  /// The part of a run of several, in the names of its messages.
  var part: String?

  /// Identifies the run in its messages.
  var id: String {
    "\(clock.started)-\(String(seed, radix: 36))" + (part.map { "-\($0)" } ?? "")
  }

  /// A record with everything but results.
  func record(of scenario: ScenarioFacts, target: TargetFacts) -> RunRecord {
    RunRecord(
      tool: ToolFacts(
        name: "relaymark", version: Release.version, command: ["relaymark"] + command, seed: seed),
      target: target, scenario: scenario, started: started)
  }
}
