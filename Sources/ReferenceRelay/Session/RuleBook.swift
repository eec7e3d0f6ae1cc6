// SPDX-License-Identifier: Apache-2.0
//
// The scripted rules at work: how often each has matched, for the relay and for a connection, and
// which one acts now.

import MailContent
import Synchronization

/// The rules of a relay with their common counts.
final class RuleBook: Sendable {
  /// How far a rule has come.
  struct Progress: Sendable {
    var matches = 0
    var acts = 0
  }

  let rules: [RelayRule]
  let seed: UInt64
  private let progress: Mutex<[Progress]>

  init(_ rules: [RelayRule], seed: UInt64) {
    self.rules = rules
    self.seed = seed
    progress = Mutex([Progress](repeating: Progress(), count: rules.count))
  }

  /// The rules as a new connection meets them; nil where there are none.
  func page(connection number: Int) -> RulePage? {
    rules.isEmpty ? nil : RulePage(self, connection: number)
  }

  func withProgress<Result: Sendable>(
    of rule: Int, _ body: (inout sending Progress) -> sending Result
  ) -> Result {
    progress.withLock { body(&$0[rule]) }
  }
}

/// Rules that are changed while a relay runs, in place of those in its configuration.
package final class RelayRuleBoard: Sendable {
  private let hung = Mutex<RuleBook?>(nil)

  package init() {}

  /// Puts up other rules, their counts at nothing; none: everything is answered honestly.
  package func hang(_ rules: [RelayRule]) {
    let book = rules.isEmpty ? nil : RuleBook(rules, seed: 1)
    hung.withLock { $0 = book }
  }

  var book: RuleBook? { hung.withLock { $0 } }
}

/// What a rule demands now.
enum RuledAct {
  case refuse(RelayReply)
  case close(RelayClose)
  case silence
  case delay(Duration)
}

/// The rules of a relay with the counts of one connection.
final class RulePage {
  private let book: RuleBook
  private var progress: [RuleBook.Progress]
  private var chance: SeededRandom

  init(_ book: RuleBook, connection number: Int) {
    self.book = book
    progress = [RuleBook.Progress](repeating: RuleBook.Progress(), count: book.rules.count)
    chance = SeededRandom(seed: book.seed, UInt64(truncatingIfNeeded: number))
  }

  /// The act of the first rule that matches and is due; nil: the honest answer.
  ///
  /// - Parameter elapsed: the time since the relay's start.
  func act(at stage: RelayStage, elapsed: Duration) -> RuledAct? {
    for (index, rule) in book.rules.enumerated() where rule.stage == nil || rule.stage == stage {
      if let window = rule.window, !window.contains(elapsed) { continue }
      guard isDue(index, rule) else { continue }
      return ruled(rule, acts: progress[index].acts, elapsed: elapsed)
    }
    return nil
  }

  private func isDue(_ index: Int, _ rule: RelayRule) -> Bool {
    let draw = rule.odds.map { Double.random(in: 0..<1, using: &chance) < $0 } ?? true
    let isDue =
      switch rule.scope {
      case .connection: Self.step(&progress[index], rule, draw)
      case .relay: book.withProgress(of: index) { Self.step(&$0, rule, draw) }
      }
    // A tarpit grows with the connection, whatever the scope.
    if isDue, rule.scope == .relay { progress[index].acts += 1 }
    return isDue
  }

  private static func step(
    _ progress: inout RuleBook.Progress, _ rule: RelayRule, _ draw: Bool
  ) -> Bool {
    progress.matches += 1
    guard progress.matches > rule.after, draw, progress.acts < rule.times ?? .max else {
      return false
    }
    progress.acts += 1
    return true
  }

  private func ruled(_ rule: RelayRule, acts: Int, elapsed: Duration) -> RuledAct {
    switch rule.act {
    case .reply(let reply): return .refuse(reply)
    case .close: return .close(.orderly)
    case .reset: return .close(.reset)
    case .silence: return .silence
    case .delay(let delay):
      return .delay(rule.window.map { max($0.upperBound - elapsed, .zero) } ?? delay)
    case .tarpit(let step, let most): return .delay(min(step * max(acts - 1, 0), most))
    }
  }
}
