// SPDX-License-Identifier: Apache-2.0
//
// What a scenario with several sessions says of all of them together: conditions on counts and
// measured times, facts to report, and the recovery afterwards.

/// A number that a session yields, as `canary.errors`.
package struct SessionMetric: Sendable, Hashable {
  /// The session's name; `main` in a scenario that has only one.
  package var session: String
  package var quantity: Quantity

  package init(session: String, quantity: Quantity) {
    self.session = session
    self.quantity = quantity
  }

  package enum Quantity: Sendable, Hashable {
    /// Dialogues that ended in anything but pass, info or warn.
    case errors
    /// Connections that were opened.
    case opened
    /// Connections that were greeted with 2yz; of a staircase, on its best step.
    case greeted
    /// Connections that were refused, or greeted with 4yz or 5yz, or ended before a greeting.
    case refused
    /// How the first refusal was said: its reply, or `connection refused`. Text, not a number.
    case firstRefusal
    /// The duration of the steps that carry this name in their `measure`.
    case measured(String)
  }

  /// The words that stand for quantities every session has.
  package static let words: [(word: String, quantity: Quantity)] = [
    ("errors", .errors), ("opened", .opened), ("greeted", .greeted), ("refused", .refused),
    ("first-refusal", .firstRefusal),
  ]
}

/// A verdict that is earned when a condition holds at the end of a run.
package struct Judgement: Sendable, Equatable {
  package var verdict: Verdict
  package var metric: SessionMetric
  package var comparison: Comparison
  /// A count, or nanoseconds where the metric is a duration.
  package var limit: Int64
  /// The condition as written, for evidence.
  package var text: String

  package init(
    verdict: Verdict, metric: SessionMetric, comparison: Comparison, limit: Int64, text: String
  ) {
    self.verdict = verdict
    self.metric = metric
    self.comparison = comparison
    self.limit = limit
    self.text = text
  }
}

/// How a measured value is held against a limit.
package enum Comparison: String, Sendable, Equatable, CaseIterable {
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case equal = "=="
  case less = "<"
  case greater = ">"

  /// Whether the relation holds between the measured value and the limit.
  package func holds<Value: Comparable>(_ measured: Value, _ limit: Value) -> Bool {
    switch self {
    case .lessOrEqual: measured <= limit
    case .greaterOrEqual: measured >= limit
    case .equal: measured == limit
    case .less: measured < limit
    case .greater: measured > limit
    }
  }
}

/// A fact that the check reports whatever its verdict.
package struct ReportedMetric: Sendable, Equatable {
  package var name: String
  package var metric: SessionMetric

  package init(name: String, metric: SessionMetric) {
    self.name = name
    self.metric = metric
  }
}

/// Tries a dialogue some time after the sessions are done; one that does not pass is a finding.
package struct Recovery: Sendable {
  /// Pauses, counted from the end of the last session, before each try.
  package var after: [Duration]
  package var session: SessionProgram

  package init(after: [Duration], session: SessionProgram) {
    self.after = after
    self.session = session
  }
}

/// What the profile's sink answers before it accepts.
package struct SinkScript: Sendable, Equatable {
  package var replies: [Reply]

  package init(replies: [Reply]) { self.replies = replies }

  package struct Reply: Sendable, Equatable {
    /// The command (or the end of the message, `body`) to which the sink replies.
    package var stage: Phase
    /// How often, before the stage is answered honestly.
    package var times: Int
    package var answer: Answer

    package init(stage: Phase, times: Int, answer: Answer) {
      self.stage = stage
      self.times = times
      self.answer = answer
    }
  }

  /// How the sink ends a connection.
  package enum End: String, Sendable, CaseIterable {
    case fin
    case rst
  }

  package enum Answer: Sendable, Equatable {
    /// A reply line without its CRLF.
    case say(String)
    case close(End)
  }
}
