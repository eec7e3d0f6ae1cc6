// SPDX-License-Identifier: Apache-2.0
//
// What a closed load is asked to do: so many sessions, each sending as soon as it was answered.

package import DialogueEngine
import MailContent
package import SMTPTransport
package import ScenarioLanguage

/// The plan of a closed load.
package struct ClosedLoad: Sendable {
  package var program: PreparedProgram
  package var settings: SessionSettings
  /// Sessions at the same time, at least 1.
  package var sessions: Int
  /// Messages in total, or connections where those carry none; nil: as many as fit into
  /// `duration`.
  package var messages: Int?
  /// After this long nothing new is begun; nil: the number of messages alone decides.
  package var duration: Duration?
  /// Messages that a connection carries before it is left; 0: the setup and QUIT alone.
  package var perConnection: PerConnection
  /// Event loops, a thread each.
  package var workers: Int
  /// Keep every connection open until all sessions have nothing left to send, and this long more.
  package var hold: Duration?
  package var seed: UInt64
  /// Connections that may wait for their greeting at the same time, over all workers.
  ///
  /// Half of the
  /// listen queue that NIO and Postfix (`smtpd` backlog 100, kernel 4096) are content with.
  package var connectsAtOnce: Int
  /// How long sessions may finish what they began once the load is told to stop.
  package var drainLimit: Duration

  package init(
    program: PreparedProgram, settings: SessionSettings, sessions: Int, messages: Int?,
    duration: Duration? = nil, perConnection: PerConnection = .endless, workers: Int = 1,
    hold: Duration? = nil,
    seed: UInt64 = 1, connectsAtOnce: Int = 128, drainLimit: Duration = .seconds(5)
  ) {
    self.program = program
    self.settings = settings
    self.sessions = sessions
    self.messages = messages
    self.duration = duration
    self.perConnection = perConnection
    self.workers = workers
    self.hold = hold
    self.seed = seed
    self.connectsAtOnce = connectsAtOnce
    self.drainLimit = drainLimit
  }

  /// Connections are opened and left without a message.
  var isConnectOnly: Bool { perConnection == .fixed(0) }
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
