// SPDX-License-Identifier: Apache-2.0
//
// What one repeated transaction of a load came to, and what the driver may ask of a session next.

package import SMTPWire
package import ScenarioLanguage

/// What became of one transaction.
package struct TransactionResult: Sendable, Equatable {
  package var outcome: Outcome
  /// The number that the move gave it, `${message}` in the script.
  package var number: Int
  /// When it was meant to start, in an open model.
  package var intended: Instant?
  /// When its first octet was handed to the transport.
  package var started: Instant
  /// When the last line of the reply that decided it had arrived, or its end was known.
  package var ended: Instant
  /// The reply code that decided it; 0 where none came.
  package var code: UInt16
  package var enhanced: EnhancedCode?
  /// The stage that decided it.
  package var stage: Phase
  /// Message octets handed to the transport, before dot-stuffing (RFC 1870 section 3).
  package var octets: Int
  /// Recipients that were refused while others were accepted.
  package var refusedRecipients: Int
  /// Its place on the connection, from 1.
  package var position: Int
  /// Whether a pipelined group went out one command at a time, PIPELINING not being offered.
  package var fellBackToLockStep: Bool
  /// One line for whatever is not `accepted`: the reply, escaped, or what happened instead.
  package var reason: String?
  /// Whether the connection was still usable when the result was known.
  package var connectionIsOpen: Bool

  package init(
    outcome: Outcome, number: Int, intended: Instant? = nil, started: Instant, ended: Instant,
    code: UInt16 = 0, enhanced: EnhancedCode? = nil, stage: Phase, octets: Int = 0,
    refusedRecipients: Int = 0, position: Int = 1, fellBackToLockStep: Bool = false,
    reason: String? = nil, connectionIsOpen: Bool = true
  ) {
    self.outcome = outcome
    self.number = number
    self.intended = intended
    self.started = started
    self.ended = ended
    self.code = code
    self.enhanced = enhanced
    self.stage = stage
    self.octets = octets
    self.refusedRecipients = refusedRecipients
    self.position = position
    self.fellBackToLockStep = fellBackToLockStep
    self.reason = reason
    self.connectionIsOpen = connectionIsOpen
  }

  package enum Outcome: String, Sendable, CaseIterable {
    /// Every step got what the script expects.
    case accepted
    /// 4yz.
    case deferred
    /// 5yz, or any other answer that the script does not take.
    case rejected
    /// 421, or a 4yz with a policy or limit code (4.7.x, 4.5.x).
    case throttled
    /// No reply: the connection ended or the limit passed.
    case lost
  }
}

/// What a session does next; its owner decides.
package enum SessionMove: Sendable, Equatable {
  /// Runs the transaction on the present connection, or on a fresh one where that has ended.
  case transaction(number: Int, intended: Instant?)
  /// Ends the connection politely, opens another and runs the transaction there.
  case reconnect(number: Int, intended: Instant?)
  /// Ends the connection politely, and the session with it.
  case finish
  /// Waits, connection open, until the owner resumes the session.
  case park
}

/// How a whole session ended.
package enum SessionEnding: Sendable, Equatable {
  /// As its owner asked.
  case finished
  /// The start state was not reached; the stage and the reply code (0: none) say where and how.
  case setupFailed(stage: Phase, code: UInt16, reason: String)
  /// The start state was reached, but the target lacks extensions that the scenario needs.
  case skipped(reason: String)
  /// The owner stopped it in the middle.
  case cancelled
}

/// How a connection ended.
package enum ConnectionEnd: Sendable, Equatable {
  /// The peer's FIN; over TLS after its close_notify.
  case fin
  /// The peer's RST.
  case reset
  /// FIN inside TLS without close_notify (RFC 8446 section 6.1): the end may be an attacker's.
  case truncated
  /// The system reported another error; the number is its `errno`.
  case failed(errno: Int32, String)
  /// We ended it.
  case local
}

extension ConnectionEnd: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fin: "closed by the target (FIN)"
    case .reset: "reset by the target (RST)"
    case .truncated: "closed by the target without close_notify"
    case .failed(_, let text): "lost: \(text)"
    case .local: "closed by us"
    }
  }
}
