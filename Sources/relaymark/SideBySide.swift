// SPDX-License-Identifier: Apache-2.0
//
// One load over several targets at the same time, for a fair comparison: the same minutes, the same
// generator, sessions and messages divided by weight, and a record for each target.

import ArgumentParser
import LoadEngine
import ReportWriters
import RunRecord
import ScenarioLanguage
import Synchronization

/// Runs one scenario as load against several targets at once.
struct SideBySide {
  let flow: LoadFlow
  let targets: [Target]
  /// One for each target.
  let weights: [Int]

  /// What came of one target.
  enum Outcome: Sendable {
    case record(RunRecord)
    /// Nothing could be sent to it; one line says why.
    case failed(String)
  }

  /// - Returns: The outcomes in the order of the targets.
  /// - Throws: `UsageError` where there is too little load for so many targets.
  func outcomes() async throws -> [Outcome] {
    let parts = try parts()
    let progress = SharedProgress(
      count: parts.count,
      shownBy: RunProgress(
        console: flow.run.surroundings.console, isQuiet: flow.run.options.quiet))
    defer { progress.clear() }
    return try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
      for (index, (target, flow)) in zip(targets, parts).enumerated() {
        group.addTask {
          do {
            let record = try await flow.record(against: target) { progress.show($0, of: index) }
            return (index, .record(record))
          } catch let error as HarnessError {
            return (index, .failed("\(target.profile.name): \(error.description)"))
          }
        }
      }
      var outcomes: [Int: Outcome] = [:]
      for try await (index, outcome) in group { outcomes[index] = outcome }
      return parts.indices.compactMap { outcomes[$0] }
    }
  }

  /// The flow of each target with its share of the load.
  private func parts() throws -> [LoadFlow] {
    let names = Set(targets.map(\.profile.name))
    guard names.count == targets.count else {
      throw UsageError("two targets have the same name; a profile's \"name\" tells them apart")
    }
    let requests = try Shares(weights: weights).divided(flow.request)
    return requests.enumerated().map { index, request in
      var part = flow
      part.request = request
      // Messages to different targets are different messages.
      part.run.part = "t\(index + 1)"
      return part
    }
  }

  /// The worst of several exits.
  static func worst(of exits: [RunExit]) -> RunExit {
    let order: [RunExit] = [.interrupted, .usage, .couldNotRun, .checkFailed, .thresholdCrossed]
    return order.first { exits.contains($0) } ?? .passed
  }
}

/// Divides a load by weight.
struct Shares: Equatable {
  let weights: [Int]

  /// - Throws: `UsageError` where a target would have no session or no message.
  func divided(_ request: LoadRequest) throws -> [LoadRequest] {
    try weights.indices.map { index in
      var part = request
      switch request.arrivals {
      case .closed(let sessions, let messages, let duration):
        let own = divide(sessions)[index]
        let share = messages.map { divide($0)[index] }
        guard own > 0, share != 0 else {
          throw UsageError(
            "\(sessions) sessions and \(messages.map(String.init) ?? "any number of") messages are "
              + "too few for \(weights.count) targets with weights \(text)")
        }
        part.arrivals = .closed(sessions: own, messages: share, duration: duration)
      case .open(let schedule, let maxSessions):
        part.arrivals = .open(
          schedule.scaled(by: Double(weights[index]) / Double(total)),
          maxSessions: max(1, divide(maxSessions)[index]))
      }
      return part
    }
  }

  private var total: Int { weights.reduce(0, +) }

  private var text: String { weights.map(String.init).joined(separator: ",") }

  /// Whole parts of a number whose sum it is: the largest remainders get what is left.
  func divide(_ number: Int) -> [Int] {
    let exact = weights.map { Double(number) * Double($0) / Double(total) }
    var parts = exact.map { Int($0) }
    let byRemainder = weights.indices.sorted {
      (exact[$1] - Double(parts[$1]), $0) < (exact[$0] - Double(parts[$0]), $1)
    }
    for index in byRemainder.prefix(number - parts.reduce(0, +)) { parts[index] += 1 }
    return parts
  }
}

/// Whole weights from 1, one for each target: `3,1`.
struct WeightsArgument: ExpressibleByArgument, Equatable {
  var weights: [Int]

  init?(argument: String) {
    weights = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let weight = Quantity.wholeNumber(part), (1...1_000).contains(weight) else {
        return nil
      }
      weights.append(weight)
    }
  }
}

/// One moving line for several loads: their sums.
final class SharedProgress: Sendable {
  private let shown: RunProgress
  private let parts: Mutex<[LoadProgress?]>

  init(count: Int, shownBy shown: RunProgress) {
    self.shown = shown
    parts = Mutex(Array(repeating: nil, count: count))
  }

  func show(_ progress: LoadProgress, of index: Int) {
    let known = parts.withLock { parts in
      parts[index] = progress
      return parts.compactMap { $0 }
    }
    if let sum = Self.sum(of: known) { shown.show(sum) }
  }

  func clear() { shown.clear() }

  static func sum(of parts: [LoadProgress]) -> LoadProgress? {
    guard let first = parts.first else { return nil }
    return parts.dropFirst().reduce(first) { sum, part in
      LoadProgress(
        done: sum.done + part.done,
        planned: sum.planned.flatMap { planned in part.planned.map { planned + $0 } },
        errors: sum.errors + part.errors, underWay: sum.underWay + part.underWay,
        open: sum.open + part.open, elapsed: max(sum.elapsed, part.elapsed),
        length: sum.length.flatMap { length in part.length.map { max(length, $0) } }, last: nil)
    }
  }
}
