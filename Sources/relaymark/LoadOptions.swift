// SPDX-License-Identifier: Apache-2.0
//
// How much load a run is and what must hold of it, as the command line writes it.

import ArgumentParser
import ScenarioLanguage

/// How much load, in place of what the scenario says.
struct LoadOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Sessions at the same time.", valueName: "n"))
  var sessions: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("Messages in total.", valueName: "n"))
  var messages: Int?

  @Option(
    help: ArgumentHelp(
      "Messages on one connection: a number, 1..50 or endless; 0 connects and leaves.",
      valueName: "n"))
  var perConnection: PerConnectionArgument?

  @Option(
    name: .customLong("after-421"),
    help: ArgumentHelp(
      "What a session does that is told 421: reopen at once, stop, or pause, such as 5s.",
      valueName: "policy"))
  var after421: ReopenArgument?

  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp("Size of each message, such as 4096 or 64KiB.", valueName: "octets"))
  var size: SizeArgument?

  @Option(
    help: ArgumentHelp(
      "Messages that begin in a time, whatever the target does: 500/s, 30/m.", valueName: "rate"))
  var rate: RateArgument?

  @Option(help: ArgumentHelp("How long messages are begun, such as 60s.", valueName: "time"))
  var duration: DurationArgument?

  @Option(
    name: [.customLong("stages"), .customLong("stage")],
    help: ArgumentHelp(
      "Ramps one after another, each TIME:RATE: 10s:500/s,60s:500/s rises to 500/s and stays.",
      valueName: "stages"))
  var stages: [StagesArgument] = []

  @Option(help: ArgumentHelp("With a rate: the most sessions in use.", valueName: "n"))
  var maxSessions: Int?

  @Option(
    help: ArgumentHelp(
      "A condition on the result beside the scenario's, such as transaction.p99<250ms.",
      valueName: "condition"))
  var threshold: [String] = []

  @Flag(help: "End the load as soon as a threshold is crossed; looked at every second.")
  var abort = false

  @Option(
    help: ArgumentHelp("Judge nothing before this long, 2s by default.", valueName: "time"))
  var abortAfter: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "Keep connections open this long after all sessions have nothing left to send.",
      valueName: "duration"))
  var hold: DurationArgument?

  @Option(help: ArgumentHelp("Threads that drive sessions.", valueName: "n"))
  var workers: Int?

  /// Whether the command line asks for load, whatever the scenario says.
  var asksForLoad: Bool {
    sessions != nil || messages != nil || perConnection != nil || hold != nil || rate != nil
      || duration != nil || !stages.isEmpty || maxSessions != nil
  }

  /// The most sessions of an open load, by either name.
  var mostSessions: Int? { maxSessions ?? sessions }

  func validate() throws {
    try check(sessions, "--sessions", 1...Limits.sessions)
    try check(messages, "--messages", 1...Limits.loadMessages)
    try check(workers, "--workers", 1...Self.mostWorkers)
    try check(maxSessions, "--max-sessions", 1...Limits.sessions)
    if rate != nil, !stages.isEmpty {
      throw ValidationError("--rate and --stages exclude each other")
    }
    if duration != nil, !stages.isEmpty {
      throw ValidationError("--stages say how long they take; --duration is for a rate")
    }
    if maxSessions != nil, sessions != nil {
      throw ValidationError("--sessions and --max-sessions say the same of a load with a rate")
    }
    if abortAfter != nil, !abort { throw ValidationError("--abort-after goes with --abort") }
    _ = try thresholds()
  }

  /// The conditions of the command line.
  func thresholds() throws -> [Threshold] {
    try threshold.map { text in
      do {
        return try Threshold.parse(text, in: "--threshold \(text)")
      } catch let error as ScriptError {
        throw ValidationError(error.description)
      }
    }
  }

  /// More threads than any machine this runs on has cores.
  static let mostWorkers = 256

  private func check(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError(
      "\(name) \(value) is not between \(range.lowerBound) and \(range.upperBound)")
  }
}

// MARK: - Values

/// Messages in a time, `500/s`, `30/m`.
struct RateArgument: ExpressibleByArgument, Equatable {
  var value: Rate

  init?(argument: String) {
    guard let value = Quantity.rate(argument) else { return nil }
    self.value = value
  }
}

/// Ramps one after another, `10s:500/s,60s:500/s`, as k6 writes its stages.
struct StagesArgument: ExpressibleByArgument, Equatable {
  var stages: [LoadPlan.Stage]

  init?(argument: String) {
    stages = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard ends.count == 2, let time = Quantity.duration(ends[0]), time > .zero,
        time <= Limits.loadTime, let rate = Quantity.rate(ends[1])
      else { return nil }
      stages.append(LoadPlan.Stage(kind: .ramp, rate: rate, duration: time))
    }
  }
}

/// What follows 421, `reopen`, `stop`, `5s`.
struct ReopenArgument: ExpressibleByArgument, Equatable {
  var value: ReopenPolicy

  init?(argument: String) {
    guard let value = ReopenPolicy(argument) else { return nil }
    self.value = value
  }
}

/// Messages on one connection, `50`, `1..50`, `endless`.
struct PerConnectionArgument: ExpressibleByArgument, Equatable {
  var value: PerConnection

  init?(argument: String) {
    guard let value = PerConnection(argument) else { return nil }
    self.value = value
  }
}
