// SPDX-License-Identifier: Apache-2.0
//
// What a load is asked to do: when messages begin, on how many sessions, and when it is over.

package import DialogueEngine
import MailContent
package import SMTPTransport
package import ScenarioLanguage

/// When the messages of a load begin.
package enum Arrivals: Sendable, Equatable {
  /// Each of so many sessions begins a message as soon as its last one is done.
  ///
  /// It ends after so many `messages` (connections, where those carry none), nil: as many as fit
  /// into `duration`; after `duration` nothing new is begun.
  case closed(sessions: Int, messages: Int?, duration: Duration?)
  /// Messages begin when the schedule says, whatever the target does, on at most so many sessions.
  case open(ArrivalSchedule, maxSessions: Int)
}

/// The plan of a load.
package struct Load: Sendable {
  package var program: PreparedProgram
  package var settings: SessionSettings
  package var arrivals: Arrivals
  /// Messages that a connection carries before it is left; 0: the setup and QUIT alone.
  package var perConnection: PerConnection
  /// Event loops, a thread each.
  package var workers: Int
  /// Closed model: keep every connection open until all sessions have nothing left to send, and this
  /// long more.
  package var hold: Duration?
  package var seed: UInt64
  /// The load ends as soon as one of these is crossed; looked at every second.
  package var abortsOn: AbortRule?
  /// Connections that may wait for their greeting at the same time, over all workers.
  ///
  /// Half of the
  /// listen queue that NIO and Postfix (`smtpd` backlog 100, kernel 4096) are content with.
  package var connectsAtOnce: Int
  /// How long sessions may finish what they began once the load is told to stop; and how long after
  /// its last arrival an open load may still begin messages that found no free session.
  package var drainLimit: Duration

  package init(
    program: PreparedProgram, settings: SessionSettings, arrivals: Arrivals,
    perConnection: PerConnection = .endless, workers: Int = 1, hold: Duration? = nil,
    seed: UInt64 = 1, abortsOn: AbortRule? = nil, connectsAtOnce: Int = 128,
    drainLimit: Duration = .seconds(5)
  ) {
    self.program = program
    self.settings = settings
    self.arrivals = arrivals
    self.perConnection = perConnection
    self.workers = workers
    self.hold = hold
    self.seed = seed
    self.abortsOn = abortsOn
    self.connectsAtOnce = connectsAtOnce
    self.drainLimit = drainLimit
  }

  /// Connections are opened and left without a message.
  var isConnectOnly: Bool { perConnection == .fixed(0) }

  /// What a session does when the target has told it to go.
  var after421: ReopenPolicy { program.program.after421 }

  /// The most sessions at the same time.
  var sessions: Int {
    switch arrivals {
    case .closed(let sessions, _, _): sessions
    case .open(_, let maxSessions): maxSessions
    }
  }

  /// Messages in total, or connections where those carry none; nil: nobody knows beforehand.
  var planned: Int? {
    switch arrivals {
    case .closed(_, let messages, _): messages
    case .open(let schedule, _): schedule.count
    }
  }

  /// The schedule of an open load.
  var schedule: ArrivalSchedule? {
    if case .open(let schedule, _) = arrivals { schedule } else { nil }
  }

  /// How long messages are begun; nil: their number alone decides.
  var length: Duration? {
    switch arrivals {
    case .closed(_, _, let duration): duration
    case .open(let schedule, _): .nanoseconds(schedule.length)
    }
  }
}

/// When a load ends before its time.
package struct AbortRule: Sendable {
  package var thresholds: [Threshold]
  /// Nothing is judged before.
  package var after: Duration

  package init(thresholds: [Threshold], after: Duration) {
    self.thresholds = thresholds
    self.after = after
  }
}

extension PerConnection {
  /// How many messages the next connection may carry.
  func draw(using random: inout SeededRandom) -> Int {
    switch self {
    case .fixed(let count): count
    case .range(let least, let most): Int.random(in: least...max(least, most), using: &random)
    case .endless: .max
    }
  }

  /// As the record says it: `50`, `1..50`; nil: no limit.
  var text: String? {
    switch self {
    case .fixed(let count): String(count)
    case .range(let least, let most): "\(least)..\(most)"
    case .endless: nil
    }
  }
}
