// SPDX-License-Identifier: Apache-2.0
//
// How much load, in which model, and what must hold of the result. Words follow k6 where they fit.

/// The schedule of a load.
package struct LoadPlan: Sendable, Equatable {
  package var model: Model
  /// How many transactions a connection carries before it is closed.
  package var perConnection: PerConnection
  /// How long a session of a closed load thinks between two messages; nil: not at all.
  package var think: ClosedRange<Duration>?
  /// What a session does when the target has told it to go.
  package var after421: ReopenPolicy

  package init(
    model: Model, perConnection: PerConnection = .endless, think: ClosedRange<Duration>? = nil,
    after421: ReopenPolicy = .reopen
  ) {
    self.model = model
    self.perConnection = perConnection
    self.think = think
    self.after421 = after421
  }

  /// Whether messages begin by the clock, whatever became of earlier ones.
  package var isOpen: Bool {
    if case .closed = model { return false }
    return true
  }

  package enum Model: Sendable, Equatable {
    /// So many sessions, each of which begins a message when its last one is done. It ends after
    /// `messages` or `duration`, whichever comes first; one of them is there.
    case closed(sessions: Int, messages: Int?, duration: Duration?)
    /// Messages begin at a constant rate, whatever the target does, on at most so many sessions.
    case open(rate: Rate, duration: Duration, maxSessions: Int)
    /// The open model with a rate that changes.
    case stages([Stage], maxSessions: Int)
  }

  /// A stretch of time in an open model.
  package struct Stage: Sendable, Equatable {
    package var kind: Kind
    /// The rate at its end.
    package var rate: Rate
    package var duration: Duration

    package init(kind: Kind, rate: Rate, duration: Duration) {
      self.kind = kind
      self.rate = rate
      self.duration = duration
    }

    package enum Kind: Sendable, Equatable {
      /// From the rate before (0 at the beginning) to this one, evenly.
      case ramp
      case hold
    }
  }

  /// Sessions of an open model that says nothing of them.
  package static let defaultMaxSessions = 1_000
}

/// Transactions on one connection.
package enum PerConnection: Sendable, Equatable {
  /// Exactly so many; 0 connects, sets up and leaves.
  case fixed(Int)
  /// Seeded random numbers, both ends included.
  case range(Int, Int)
  /// As many as the target allows.
  case endless

  /// `50`, `1..50` or `endless`; nil for anything else.
  package init?(_ text: String) {
    if text == "endless" {
      self = .endless
    } else if let number = Quantity.wholeNumber(text), number <= Limits.loadMessages {
      self = .fixed(number)
    } else if let range = Quantity.range(text), range.lowerBound >= 1,
      range.upperBound <= Limits.loadMessages
    {
      self = .range(range.lowerBound, range.upperBound)
    } else {
      return nil
    }
  }
}

/// A condition on the result of a load.
package struct Threshold: Sendable, Equatable {
  package var metric: Metric
  package var comparison: Comparison
  package var limit: Limit
  /// The metric as written, `transaction.p99`.
  package var name: String
  /// The condition as written, `<250ms`.
  package var text: String

  package enum Metric: Sendable, Equatable {
    case latency(Phase, Statistic)
    /// Attempted messages that were not accepted.
    case errors
    /// Accepted messages a second.
    case throughput
    case outcome(Outcome)
  }

  /// A figure of a latency distribution.
  package enum Statistic: String, Sendable, CaseIterable {
    case min
    case p50
    case p90
    case p99
    case p999
    case max
    case mean
  }

  /// What became of messages; the words are those of the run record.
  package enum Outcome: String, Sendable, CaseIterable {
    case accepted
    case deferred
    case rejected
    case throttled
    case lost
    case notStarted = "not_started"
  }

  package enum Limit: Sendable, Equatable {
    case duration(Duration)
    case perSecond(Double)
    /// A share of the attempted messages, 0 to 1.
    case share(Double)
    case count(Int)
  }
}
