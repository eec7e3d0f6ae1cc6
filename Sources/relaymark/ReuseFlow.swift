// SPDX-License-Identifier: Apache-2.0
//
// A study of connection reuse: the limit of a connection first, then the same load over fresh, resumed
// and reused connections, one after the other, in one record.

import LoadEngine
import NIOCore
import NIOPosix
import RunRecord
import ScenarioLanguage

/// Runs one scenario as a study of reuse.
struct ReuseFlow {
  let flow: LoadFlow

  /// Messages that the search for a connection's limit sends at most.
  ///
  /// Servers that have a limit have one far below: Postfix clients reuse a connection for 100
  /// deliveries, Exim's smtp_accept_max_per_connection is 1000.
  static let bound = 1_000
  /// A search that takes longer shows a target that slows down, not one with a limit.
  static let searchTime = Duration.seconds(60)

  /// - Throws: `HarnessError` where no message was accepted.
  func record(against target: Target) async throws -> RunRecord {
    let finding = try await finding(about: target)
    var ways: [ReuseRecord.Way] = []
    var loads: [(kind: ReuseRecord.Way.Kind, outcome: LoadOutcome)] = []
    for kind in ReuseRecord.Way.Kind.allCases where kind != .resumed || finding.tls != nil {
      if isInterrupted { break }
      let outcome = try await outcome(of: kind, limit: finding.limit, target)
      loads.append((kind, outcome))
      ways.append(ReuseRecord.Way(kind: kind, load: outcome.record))
    }
    return try record(ReuseRecord(limit: finding.limit, ways: ways), loads, target, finding)
  }

  private var isInterrupted: Bool { flow.run.surroundings.interruption.count > 0 }

  // MARK: The parts

  private func finding(about target: Target) async throws -> ReuseFinding {
    let load = try await part("limit") {
      $0.perConnection = .endless
      // One connection, to its end.
      $0.after421 = .reopen
    }.preparedLoad(against: target)
    let control = LoadControl()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let finding = await flow.run.surroundings.interruption.handled(
      by: { count in count > 1 ? control.abandon() : control.drain() }
    ) {
      await ReuseProbe.run(
        load.program, settings: load.settings, bound: Self.bound, time: Self.searchTime,
        control: control, on: group.next())
    }
    try await group.shutdownGracefully()
    if let failure = finding.failure { throw failure.error(of: flow.scenario) }
    guard finding.limit.accepted > 0 || isInterrupted else {
      let reply = finding.limit.reply ?? finding.limit.ending.rawValue
      throw HarnessError("the target accepted no message: \(reply)")
    }
    return finding
  }

  private func outcome(
    of kind: ReuseRecord.Way.Kind, limit: ConnectionLimit, _ target: Target
  ) async throws -> LoadOutcome {
    var target = target
    target.profile.tls.resumption = kind == .fresh ? .off : .on
    let part = part(kind.rawValue) {
      // A careful client leaves a connection before the target does.
      $0.perConnection =
        kind == .reused ? limit.perConnection.map { .fixed($0) } ?? .endless : .fixed(1)
    }
    let load = try await part.preparedLoad(against: target)
    let progress = RunProgress(
      console: flow.run.surroundings.console, isQuiet: flow.run.options.quiet)
    defer { progress.clear() }
    let outcome = try await part.play(load, includesRelay: target.isEmbedded) { progress.show($0) }
    if case .unreachable(let reason)? = outcome.failure { throw HarnessError(reason) }
    return outcome
  }

  /// The flow of one part; its messages have names of their own.
  private func part(_ name: String, _ change: (inout LoadRequest) -> Void) -> LoadFlow {
    var part = flow
    part.run.part = name
    change(&part.request)
    return part
  }

  // MARK: The whole

  private func record(
    _ reuse: ReuseRecord, _ loads: [(kind: ReuseRecord.Way.Kind, outcome: LoadOutcome)],
    _ target: Target, _ finding: ReuseFinding
  ) throws -> RunRecord {
    var record = flow.run.record(
      of: ScenarioFacts(id: flow.scenario.id, title: flow.scenario.title),
      target: target.facts(tls: finding.tls))
    record.reuse = reuse
    record.load = loads.last?.outcome.record
    record.interrupted = isInterrupted
    let thresholds = try flow.thresholds()
    for (kind, outcome) in loads {
      if kind == .reused {
        record.thresholds += ThresholdJudge.judge(thresholds, on: outcome.record)
      } else {
        record.thresholds.append(Self.errors(kind, outcome.record.messages))
      }
      let fault = LoadValidity.fault(of: outcome.record, judgedBy: thresholds)
      if let fault, !record.interrupted {
        record.invalidReason = record.invalidReason ?? "\(kind.rawValue) connections: \(fault)"
      }
    }
    record.valid = record.invalidReason == nil
    record.duration = flow.run.clock.elapsed
    return record
  }

  private static func errors(
    _ kind: ReuseRecord.Way.Kind, _ messages: MessageCounts
  ) -> ThresholdRecord {
    ThresholdRecord(
      metric: "\(kind.rawValue).errors", limit: "==0", measured: String(messages.errors),
      holds: messages.errors == 0)
  }
}
