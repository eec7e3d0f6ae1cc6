// SPDX-License-Identifier: Apache-2.0
//
// What a load did to the target and what came back, in counts and distributions.

/// What a load did.
package struct LoadRecord: Sendable, Equatable {
  /// `closed` or `open`.
  package var model: String
  /// Sessions asked for.
  package var sessions: Int
  /// Event loops that drove them.
  package var workers: Int
  /// Messages a connection carries before it is left, `50`, `1..50`; nil: as many as there are.
  package var perConnection: String?
  /// Seconds from the first connect to the last reply; what `throughput` and `cpuShare` divide by.
  package var measured: Double
  package var messages: MessageCounts
  package var connections: ConnectionCounts
  /// Accepted messages a second of the measured time.
  package var throughput: Double
  /// Connections opened a second of the measured time.
  package var connectionRate: Double
  /// By phase name.
  package var latency: [String: LatencyRecord]
  /// Reply code to count.
  package var replies: [Int: Int]
  /// Stage, then reply code (or `lost`, `refused`) to count.
  package var stages: [String: [String: Int]]
  /// Up to a handful of reply texts for each refusing code, escaped.
  package var samples: [String: [String]]
  /// Microseconds of user and system CPU time of the workers per accepted message; an embedded
  /// relay runs on threads of its own and is not counted.
  package var cpuPerMessage: Double
  /// The workers' CPU time over the time until they had nothing left to send; 1.0 is one core.
  package var cpuShare: Double
  /// Octets of message content sent, before dot-stuffing.
  package var octets: Int
  package var memory: MemoryRecord?
  /// Second by second, in order.
  package var timeline: [TimePoint] = []
  /// Latency by place of the message on its connection, in order.
  package var positions: [PositionRecord] = []
  /// Open model: what was asked for.
  package var arrivals: ArrivalRecord?
  /// Open model: transactions from their real start; `latency` counts from the intended one.
  package var service: LatencyRecord?
  /// Open model: how late messages began though a session was free.
  package var lateness: LatencyRecord?
  /// TLS handshakes that agreed on fresh keys, and those that resumed a session.
  package var fullHandshake: LatencyRecord?
  package var resumedHandshake: LatencyRecord?
  /// What sessions did after 421; nil: they opened another connection at once.
  package var reopening: ReopenRecord?
  /// How the target ended connections, the most frequent first.
  package var endings: [EndingRecord] = []
  /// Why the load ended before its time: after how long, and which threshold was crossed.
  package var endedEarly: String?
  /// What a reader should know first, a sentence each: throttling, refusals, steps of a tarpit.
  package var findings: [String] = []

  package init(
    model: String, sessions: Int, workers: Int = 1, perConnection: String? = nil,
    measured: Double = 0, messages: MessageCounts = MessageCounts(),
    connections: ConnectionCounts = ConnectionCounts(), throughput: Double = 0,
    connectionRate: Double = 0,
    latency: [String: LatencyRecord] = [:], replies: [Int: Int] = [:],
    stages: [String: [String: Int]] = [:], samples: [String: [String]] = [:],
    cpuPerMessage: Double = 0, cpuShare: Double = 0, octets: Int = 0, memory: MemoryRecord? = nil
  ) {
    self.model = model
    self.sessions = sessions
    self.workers = workers
    self.perConnection = perConnection
    self.measured = measured
    self.messages = messages
    self.connections = connections
    self.throughput = throughput
    self.connectionRate = connectionRate
    self.latency = latency
    self.replies = replies
    self.stages = stages
    self.samples = samples
    self.cpuPerMessage = cpuPerMessage
    self.cpuShare = cpuShare
    self.octets = octets
    self.memory = memory
  }
}

/// What the sessions of a load did after 421, where that was not to open another connection at once.
package struct ReopenRecord: Sendable, Equatable {
  /// As it was asked for, `5s` or `stop`.
  package var policy: String
  /// Pauses that sessions made.
  package var pauses: Int
  /// The seconds of them all together.
  package var paused: Double
  /// Sessions that opened no further connection though there was more to send.
  package var stopped: Int

  package init(policy: String, pauses: Int, paused: Double, stopped: Int) {
    self.policy = policy
    self.pauses = pauses
    self.paused = paused
    self.stopped = stopped
  }
}

/// Outcomes of messages; without `notStarted` their sum is `attempted`.
package struct MessageCounts: Sendable, Equatable {
  package var attempted = 0
  /// 2yz to the end of the message.
  package var accepted = 0
  /// 4yz.
  package var deferred = 0
  /// 5yz.
  package var rejected = 0
  /// 421 and policy codes (4.7.x, 4.5.x).
  package var throttled = 0
  /// The connection ended, or the limit passed, without a reply.
  package var lost = 0
  /// Planned and never begun; not part of `attempted`.
  package var notStarted = 0

  package init() {}

  /// What was attempted and not accepted.
  package var errors: Int { attempted - accepted }

  /// Whether every attempt has exactly one outcome.
  package var isBalanced: Bool {
    attempted == accepted + deferred + rejected + throttled + lost
  }
}

package struct ConnectionCounts: Sendable, Equatable {
  /// Connections that TCP (or the unix socket) gave us.
  package var opened = 0
  /// Attempts that never got as far as a first transaction: no connection, no TLS, no greeting.
  package var refused = 0
  /// Reason in one line to count, for `refused`.
  package var refusals: [String: Int] = [:]
  /// The most that were open at once.
  package var peak = 0
  /// Messages sent on a connection that had carried one before.
  package var reusedMessages = 0
  /// TLS handshakes, full and resumed.
  package var fullHandshakes = 0
  package var resumedHandshakes = 0

  package init() {}
}

/// Resident memory while the most sessions were open.
package struct MemoryRecord: Sendable, Equatable {
  /// Sessions open when it was read.
  package var sessions: Int
  /// Resident set of this process in octets.
  package var resident: Int
  /// Growth of the resident set since before the first connect, divided by `sessions`, in octets.
  package var perSession: Int
  /// Whether the embedded relay's half of every session is in the number.
  package var includesRelay: Bool

  package init(sessions: Int, resident: Int, perSession: Int, includesRelay: Bool) {
    self.sessions = sessions
    self.resident = resident
    self.perSession = perSession
    self.includesRelay = includesRelay
  }
}

/// A latency distribution in microseconds.
package struct LatencyRecord: Sendable, Equatable {
  package var count: Int
  package var min: Double
  package var p50: Double
  package var p90: Double
  package var p99: Double
  package var p999: Double
  package var max: Double
  package var mean: Double
  /// The distribution itself, for merging: bucket's lower bound in nanoseconds and count.
  package var buckets: [Bucket]

  package init(
    count: Int, min: Double, p50: Double, p90: Double, p99: Double, p999: Double, max: Double,
    mean: Double, buckets: [Bucket] = []
  ) {
    self.count = count
    self.min = min
    self.p50 = p50
    self.p90 = p90
    self.p99 = p99
    self.p999 = p999
    self.max = max
    self.mean = mean
    self.buckets = buckets
  }

  package struct Bucket: Sendable, Equatable {
    package var value: UInt64
    package var count: UInt64
    package init(value: UInt64, count: UInt64) {
      self.value = value
      self.count = count
    }
  }
}

package struct ThresholdRecord: Sendable, Equatable {
  package var metric: String
  /// As written, `<250ms`.
  package var limit: String
  /// As measured, with unit.
  package var measured: String
  package var holds: Bool

  package init(metric: String, limit: String, measured: String, holds: Bool) {
    self.metric = metric
    self.limit = limit
    self.measured = measured
    self.holds = holds
  }
}
