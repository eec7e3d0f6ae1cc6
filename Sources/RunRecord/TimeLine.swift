// SPDX-License-Identifier: Apache-2.0
//
// How a load went over time and over the life of its connections.

/// One second of a load.
package struct TimePoint: Sendable, Equatable {
  /// Seconds since the load began, whole.
  package var second: Int
  /// Messages begun in this second.
  package var started: Int
  package var accepted: Int
  /// Messages that ended in this second with any other outcome.
  package var errors: Int
  /// Sessions that had a connection at the end of the second.
  package var connected: Int
  /// Transaction latency of the messages that ended in this second, in microseconds; nil where
  /// none did.
  package var p50: Double?
  package var p99: Double?

  package init(
    second: Int, started: Int = 0, accepted: Int = 0, errors: Int = 0, connected: Int = 0,
    p50: Double? = nil, p99: Double? = nil
  ) {
    self.second = second
    self.started = started
    self.accepted = accepted
    self.errors = errors
    self.connected = connected
    self.p50 = p50
    self.p99 = p99
  }
}

/// The latency of the Nth message of a connection.
package struct PositionRecord: Sendable, Equatable {
  /// First and last place that are counted together, from 1; `last` nil: and all behind it.
  package var first: Int
  package var last: Int?
  package var latency: LatencyRecord

  package init(first: Int, last: Int?, latency: LatencyRecord) {
    self.first = first
    self.last = last
    self.latency = latency
  }

  /// How the places are written: `1`, `5–8`, `129+`.
  package var label: String {
    guard let last else { return "\(first)+" }
    return last == first ? "\(first)" : "\(first)–\(last)"
  }
}

/// How often, and after how many messages, the target ended a connection that we would have used on.
package struct EndingRecord: Sendable, Equatable {
  package var manner: Manner
  /// Messages that the connection had carried.
  package var after: Int
  package var count: Int

  package init(manner: Manner, after: Int, count: Int) {
    self.manner = manner
    self.after = after
    self.count = count
  }

  /// How a target ends a connection.
  package enum Manner: String, Sendable, CaseIterable {
    /// With a 421 reply (RFC 5321 section 3.8).
    case announced = "421"
    /// A FIN, and not a word.
    case closed
    /// A RST.
    case reset
    /// A FIN inside TLS without close_notify.
    case truncated
  }
}

/// What an open load asked for and what became of it.
package struct ArrivalRecord: Sendable, Equatable {
  /// As asked for, `500/s for 60s`.
  package var plan: String
  /// Messages that were to begin.
  package var planned: Int
  /// Messages a second, over the whole schedule.
  package var asked: Double
  /// Messages begun a second, over the schedule or until the last one began.
  package var achieved: Double
  /// Messages that found no free session when they were due.
  package var waited: Int
  /// Messages that began more than a few milliseconds late though a session was free.
  package var late: Int

  package init(
    plan: String, planned: Int, asked: Double, achieved: Double, waited: Int, late: Int
  ) {
    self.plan = plan
    self.planned = planned
    self.asked = asked
    self.achieved = achieved
    self.waited = waited
    self.late = late
  }
}
