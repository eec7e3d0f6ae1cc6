// SPDX-License-Identifier: Apache-2.0
//
// Scripted behaviour that is honest but inconvenient: refusals, delays, dropped connections, stalls.
// A list of rules, looked up by stage; load tests use them to play a busy or a throttling relay.

/// A point in a session at which the relay says something.
package enum RelayStage: String, Sendable, CaseIterable {
  /// The greeting.
  case connect
  case helo, ehlo, starttls, auth, mail, rcpt
  /// The reply to DATA.
  case data
  case bdat
  /// The reply to the end of the message, after DATA or the last chunk.
  case message
  case rset, noop, quit, vrfy, expn, help, etrn
  /// Any command that is not known, or not implemented.
  case other
}

/// One rule of scripted behaviour.
package struct RelayRule: Sendable {
  /// What is done instead of, or before, the honest answer.
  package enum Act: Sendable, Equatable {
    /// Refuse with a 4yz or 5yz reply; a 421 also closes the connection.
    case reply(RelayReply)
    /// Close in good order, without a word.
    case close
    /// Close with a reset.
    case reset
    /// Say nothing and go on waiting.
    case silence
    /// Answer honestly, this much later.
    case delay(Duration)
    /// Answer honestly, later by a step for each earlier match on the connection: a tarpit.
    case tarpit(step: Duration, most: Duration)
  }

  /// Over what matches are counted.
  package enum Scope: String, Sendable { case relay, connection }

  /// The stage the rule watches; nil: every one.
  package var stage: RelayStage?
  package var act: Act
  /// Matches that pass unharmed before the rule begins to act.
  package var after: Int
  /// How often the rule acts; nil: without end.
  package var times: Int?
  /// The chance that a match acts, 0...1, drawn from the relay's seed; nil: always.
  package var odds: Double?
  package var scope: Scope
  /// The rule acts only in this span of time since the relay's start; nil: at any time.
  ///
  /// A `delay` with a window lasts to the window's end: a stall.
  package var window: Range<Duration>?

  package init(
    at stage: RelayStage?, _ act: Act, after: Int = 0, times: Int? = nil, odds: Double? = nil,
    per scope: Scope = .relay, window: Range<Duration>? = nil
  ) {
    self.stage = stage
    self.act = act
    self.after = after
    self.times = times
    self.odds = odds
    self.scope = scope
    self.window = window
  }

  /// Ends each connection with 421 at the MAIL that follows this many.
  package static func endsConnection(afterMessages count: Int) -> RelayRule {
    RelayRule(
      at: .mail,
      .reply(RelayReply(421, "4.7.0", "Too many messages on this connection")),
      after: count, per: .connection)
  }

  /// Drops this share of the connections at their greeting.
  package static func drops(share: Double) -> RelayRule {
    RelayRule(at: .connect, .reset, odds: share)
  }

  /// Everything stands still once, from one instant after the start for some time.
  package static func stalls(from begin: Duration, for length: Duration) -> RelayRule {
    RelayRule(at: nil, .delay(length), window: begin..<(begin + length))
  }
}
