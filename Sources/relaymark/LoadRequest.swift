// SPDX-License-Identifier: Apache-2.0
//
// How much load a run is, from the scenario's own plan and what the command line puts in its place.

import LoadEngine
import ScenarioLanguage

/// A load as asked for.
struct LoadRequest: Equatable {
  var arrivals: Arrivals
  var perConnection: PerConnection
  /// What a session does when the target has told it to go.
  var after421: ReopenPolicy
  var hold: Duration?

  /// - Throws: `UsageError` for options that do not go together.
  init(of scenario: Scenario, with options: LoadOptions) throws {
    perConnection = options.perConnection?.value ?? scenario.load?.perConnection ?? .endless
    after421 = options.after421?.value ?? scenario.load?.after421 ?? .reopen
    hold = options.hold?.value
    let plan = scenario.load?.model
    if let open = try Self.open(plan, options) {
      arrivals = open
      if hold != nil {
        throw UsageError("--hold keeps the sessions of a closed load; this load has a rate")
      }
    } else {
      arrivals = try Self.closed(plan, options)
    }
  }

  /// The open load that the options or the scenario ask for.
  private static func open(_ plan: LoadPlan.Model?, _ options: LoadOptions) throws -> Arrivals? {
    let limit = options.messages
    if !options.stages.isEmpty {
      let schedule = ArrivalSchedule(stages: options.stages.flatMap(\.stages), limit: limit)
      return .open(schedule, maxSessions: options.mostSessions ?? maxSessions(of: plan))
    }
    if let rate = options.rate?.value {
      let asked = options.duration?.value ?? duration(of: plan)
      guard let duration = asked ?? limit.map({ .seconds(Double($0) / rate.perSecond) }) else {
        throw UsageError("--rate needs --duration or --messages, to know when to end")
      }
      return .open(
        ArrivalSchedule(rate: rate, duration: duration, limit: limit),
        maxSessions: options.mostSessions ?? maxSessions(of: plan))
    }
    // Sessions and messages describe a closed load, whatever the scenario has.
    if options.sessions != nil, options.messages != nil { return nil }
    switch plan {
    case .open(let rate, let duration, let maxSessions):
      return .open(
        ArrivalSchedule(rate: rate, duration: options.duration?.value ?? duration, limit: limit),
        maxSessions: options.mostSessions ?? maxSessions)
    case .stages(let stages, let maxSessions):
      guard options.duration == nil else {
        throw UsageError("the scenario's stages say how long they take; --duration is for a rate")
      }
      return .open(
        ArrivalSchedule(stages: stages, limit: limit),
        maxSessions: options.mostSessions ?? maxSessions)
    case .closed, nil: return nil
    }
  }

  private static func closed(_ plan: LoadPlan.Model?, _ options: LoadOptions) throws -> Arrivals {
    guard options.maxSessions == nil else {
      throw UsageError(
        "--max-sessions is for a load with a rate; --sessions says how many there are")
    }
    var planned: (sessions: Int?, messages: Int?, duration: Duration?) = (nil, nil, nil)
    if case .closed(let sessions, let messages, let duration)? = plan {
      planned = (sessions, messages, duration)
    }
    let sessions = options.sessions ?? planned.sessions ?? 1
    let duration = options.duration?.value ?? (options.messages == nil ? planned.duration : nil)
    // More sessions than the scenario has messages for are meant to send one each; who says how long
    // does not ask for a number.
    var messages = options.messages
    if messages == nil, options.duration == nil {
      messages =
        options.sessions == nil
        ? planned.messages : planned.messages.map { max($0, sessions) }
      if messages == nil, duration == nil { messages = sessions }
    }
    return .closed(sessions: sessions, messages: messages, duration: duration)
  }

  private static func maxSessions(of plan: LoadPlan.Model?) -> Int {
    switch plan {
    case .open(_, _, let maxSessions), .stages(_, let maxSessions): maxSessions
    case .closed, nil: LoadPlan.defaultMaxSessions
    }
  }

  private static func duration(of plan: LoadPlan.Model?) -> Duration? {
    if case .open(_, let duration, _)? = plan { duration } else { nil }
  }

  /// Whether messages begin by the clock.
  var isOpen: Bool {
    if case .open = arrivals { true } else { false }
  }

  /// The most sessions at the same time.
  var sessions: Int {
    switch arrivals {
    case .closed(let sessions, _, _): sessions
    case .open(_, let maxSessions): maxSessions
    }
  }
}
