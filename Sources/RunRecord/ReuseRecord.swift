// SPDX-License-Identifier: Apache-2.0
//
// What a study of connection reuse found: how much a connection takes, and what fresh, resumed and
// reused connections cost beside each other.

/// The outcome of a reuse study.
package struct ReuseRecord: Sendable, Equatable {
  package var limit: ConnectionLimit
  /// The ways to connect that were measured, one after the other.
  package var ways: [Way]

  package init(limit: ConnectionLimit, ways: [Way]) {
    self.limit = limit
    self.ways = ways
  }

  /// One way to connect, measured as a load of its own.
  package struct Way: Sendable, Equatable {
    package var kind: Kind
    package var messages: MessageCounts
    package var connections: ConnectionCounts
    /// Messages a connection carries at most; nil: as many as there are.
    package var perConnection: String?
    /// Seconds.
    package var measured: Double
    /// Accepted messages a second.
    package var throughput: Double
    /// From the first command of a message to its last reply; nil where nothing was sent.
    package var transaction: LatencyRecord?
    /// From the connect to the end of the connection.
    package var session: LatencyRecord?
    /// Microseconds of our CPU time per accepted message.
    package var cpuPerMessage: Double

    package enum Kind: String, Sendable, CaseIterable {
      /// A connection for each message, and a full handshake where TLS is used.
      case fresh
      /// A connection for each message that resumes an earlier TLS session.
      case resumed
      /// As many messages on a connection as the target takes.
      case reused
    }

    package init(kind: Kind, load: LoadRecord) {
      self.init(
        kind: kind, messages: load.messages, connections: load.connections,
        perConnection: load.perConnection, measured: load.measured, throughput: load.throughput,
        transaction: load.latency["transaction"], session: load.latency["session"],
        cpuPerMessage: load.cpuPerMessage)
    }

    package init(
      kind: Kind, messages: MessageCounts, connections: ConnectionCounts, perConnection: String?,
      measured: Double, throughput: Double, transaction: LatencyRecord?, session: LatencyRecord?,
      cpuPerMessage: Double
    ) {
      self.kind = kind
      self.messages = messages
      self.connections = connections
      self.perConnection = perConnection
      self.measured = measured
      self.throughput = throughput
      self.transaction = transaction
      self.session = session
      self.cpuPerMessage = cpuPerMessage
    }
  }
}

/// How many messages one connection took, and how it ended.
package struct ConnectionLimit: Sendable, Equatable {
  /// Accepted on the connection before its end.
  package var accepted: Int
  package var ending: Ending
  /// The stage at which it ended, `mail`; nil between messages, and where nothing ended it.
  package var stage: String?
  /// The reply that told of it, or what the system said, escaped.
  package var reply: String?
  /// Messages that the study would have sent at most.
  package var bound: Int

  package init(
    accepted: Int, ending: Ending, stage: String? = nil, reply: String? = nil, bound: Int
  ) {
    self.accepted = accepted
    self.ending = ending
    self.stage = stage
    self.reply = reply
    self.bound = bound
  }

  /// How a target ends the use of a connection.
  package enum Ending: String, Sendable, CaseIterable {
    /// With 421 (RFC 5321 section 3.8).
    case announced = "421"
    /// It refuses further messages (452 or another 4yz or 5yz) and takes them on a fresh connection.
    case refusing
    /// It refuses further messages, on a fresh connection as well: no limit of the connection.
    case throttling
    /// A FIN, and not a word.
    case closed
    /// A RST.
    case reset
    /// A FIN inside TLS without close_notify.
    case truncated
    /// No answer within the time for it.
    case silent
    /// Nothing ended it before the bound.
    case none
    /// The time for the search was over first.
    case unfinished
  }

  /// The messages after which a careful client leaves a connection by itself; nil: never.
  package var perConnection: Int? {
    switch ending {
    case .announced, .refusing, .closed, .reset, .truncated, .silent: accepted > 0 ? accepted : nil
    case .throttling, .none, .unfinished: nil
    }
  }
}
