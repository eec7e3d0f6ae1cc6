// SPDX-License-Identifier: Apache-2.0
//
// Looks for a sequence of commands whose replies no model of the RFC explains, and cuts what it
// finds down to the shortest. Whoever plays the sequences is handed in.

/// What a play of commands on a fresh connection showed.
package struct OrderPlay: Sendable {
  /// As far as the play came.
  package var exchanges: [OrderExchange]
  /// Why not even the first command was said; nil where it was.
  package var obstacle: String?
  /// What was said, for evidence.
  package var transcript: [String]

  package init(_ exchanges: [OrderExchange], obstacle: String? = nil, transcript: [String] = []) {
    self.exchanges = exchanges
    self.obstacle = obstacle
    self.transcript = transcript
  }
}

/// The shortest sequence that shows what is wrong.
package struct OrderCounterExample: Sendable {
  package var commands: [OrderCommand]
  package var expected: String
  package var actual: String
  package var transcript: [String]
  /// Sequences that were played again to shorten it.
  package var tries: Int
  package var isMinimal: Bool
}

/// What a search came to.
package struct OrderOutcome: Sendable {
  package var counterExample: OrderCounterExample?
  package var connections = 0
  package var sequences = 0
  package var commands = 0
  /// Why connections could not be judged to their end, one reason each.
  package var undecided: [String] = []
  /// Whether the search was given up because the target did not let itself be judged.
  package var gaveUp = false
}

/// Searches.
package struct OrderSearch: Sendable {
  /// Sequences that are played again to shorten what was found.
  package static let replays = 40
  /// Connections in a row that could not be judged before we let it be.
  static let patience = 3

  let plan: OrderPlan

  package init(_ plan: OrderPlan) { self.plan = plan }

  /// Plays the plan until something is wrong.
  ///
  /// - Parameter play: plays commands on a fresh connection, behind its hello.
  package func run(
    _ play: ([OrderCommand]) async throws -> OrderPlay
  ) async throws -> OrderOutcome {
    var outcome = OrderOutcome()
    var row = 0
    for walk in plan.walks where !Task.isCancelled {
      let played = try await play(walk.commands)
      outcome.connections += 1
      outcome.commands += played.exchanges.count
      switch OrderModel.verdict(of: played.exchanges)?.judgement {
      case .violates(let expected, let actual)?:
        let place = OrderModel.verdict(of: played.exchanges)?.place ?? 0
        let found = OrderCounterExample(
          commands: Array(walk.commands[...place]), expected: expected, actual: actual,
          transcript: played.transcript, tries: 0, isMinimal: false)
        outcome.counterExample = try await shortened(found, play)
        return outcome
      case .undecided(let reason)?:
        outcome.undecided.append(reason)
        row += 1
      case .fits?, nil:
        if played.exchanges.count < walk.commands.count {
          outcome.undecided.append(played.obstacle ?? "the session ended early")
          row += 1
        } else {
          outcome.sequences += walk.sequences.count
          row = 0
        }
      }
      if row >= Self.patience {
        outcome.gaveUp = true
        return outcome
      }
    }
    return outcome
  }

  private func shortened(
    _ found: OrderCounterExample, _ play: ([OrderCommand]) async throws -> OrderPlay
  ) async throws -> OrderCounterExample {
    var best = found
    let shrunk = try await Shrinking.shrink(found.commands, most: Self.replays) { candidate in
      if Task.isCancelled { return nil }
      let played = try await play(candidate)
      guard
        case (let place, .violates(let expected, let actual))? = OrderModel.verdict(
          of: played.exchanges)
      else { return nil }
      best.expected = expected
      best.actual = actual
      best.transcript = played.transcript
      return place
    }
    best.commands = shrunk.elements
    best.tries = shrunk.tries
    best.isMinimal = shrunk.isMinimal
    return best
  }
}

extension OrderCounterExample {
  /// The commands in one line.
  package var sequence: String { commands.map(\.rawValue).joined(separator: ", ") }
}
