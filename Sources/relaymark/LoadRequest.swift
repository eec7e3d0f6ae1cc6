// SPDX-License-Identifier: Apache-2.0
//
// How much load a run is, from the scenario's own plan and what the command line puts in its place.

import ScenarioLanguage

/// A closed load as asked for.
struct LoadRequest: Equatable {
  var sessions: Int
  /// nil: as many as fit into `duration`.
  var messages: Int?
  var duration: Duration?
  var perConnection: PerConnection
  var hold: Duration?

  /// - Throws: `UsageError` for an open plan, which has neither sessions nor messages to go by.
  init(of scenario: Scenario, with options: LoadOptions) throws {
    var plan: (sessions: Int?, messages: Int?, duration: Duration?) = (nil, nil, nil)
    switch scenario.load?.model {
    case .closed(let sessions, let messages, let duration)?:
      plan = (sessions, messages, duration)
    case .open?, .stages?:
      guard options.sessions != nil, options.messages != nil else {
        throw UsageError(
          "\(scenario.file): its load has a rate; this version runs closed loads alone, so give "
            + "--sessions and --messages")
      }
    case nil: break
    }
    let sessions = options.sessions ?? plan.sessions ?? 1
    self.sessions = sessions
    duration = options.messages == nil ? plan.duration : nil
    // More sessions than the scenario has messages for are meant to send one each.
    let planned = options.sessions == nil ? plan.messages : plan.messages.map { max($0, sessions) }
    messages = options.messages ?? planned ?? (duration == nil ? sessions : nil)
    perConnection = options.perConnection?.value ?? scenario.load?.perConnection ?? .endless
    hold = options.hold?.value
  }
}
