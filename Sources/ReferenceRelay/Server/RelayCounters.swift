// SPDX-License-Identifier: Apache-2.0
//
// What the relay has counted. Sessions count into the tally of their event loop, without locks on
// the way of a message; a snapshot adds the tallies up.

import Synchronization

/// What a relay has done since its start; a snapshot.
package struct RelayCounters: Sendable, Equatable {
  /// Connections that were let in, and those turned away with 421 for their number.
  package var connections = 0
  package var connectionsRefused = 0
  /// Sessions that are open now, and the most that were at the same time.
  package var sessions = 0
  package var sessionsPeak = 0
  /// Messages accepted, by the role of the listener.
  package var messages: [RelayRole: Int] = [:]
  /// Recipients of accepted messages, and their octets as RFC 1870 counts them.
  package var recipients = 0
  package var octets = 0
  /// Replies of 4yz and 5yz that were sent, by code.
  package var refusals: [UInt16: Int] = [:]
  /// Marks of accepted messages, where they were looked at.
  package var intact = 0
  package var changed = 0
  package var unmarked = 0
  /// Messages whose run, session and number had been accepted before, among those with a mark.
  package var duplicates = 0
  package var handshakes = 0
  /// Of `handshakes`, those that resumed an earlier session.
  package var handshakesResumed = 0
  package var handshakesFailed = 0
  package var logins = 0
  package var loginsFailed = 0
  /// Copies put into the Maildir, and messages refused because that failed or was too slow.
  package var stored = 0
  package var storesFailed = 0
  /// Messages that the next hop has taken, tries that were put off, and messages that were given up.
  package var forwarded = 0
  package var deferrals = 0
  package var dropped = 0

  package init() {}

  /// Messages accepted by all listeners.
  package var accepted: Int { messages.values.reduce(0, +) }
}

/// A number that only grows, and that any thread may read.
struct Count: ~Copyable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int = 1) {
    value.wrappingAdd(amount, ordering: .relaxed)
  }

  var now: Int { value.load(ordering: .relaxed) }
}

/// Where the sessions of one event loop count.
package final class RelayTally: Sendable {
  let relayMessages = Count()
  let submissionMessages = Count()
  let submissionsMessages = Count()
  let lmtpMessages = Count()
  let recipients = Count()
  let octets = Count()
  let intact = Count()
  let changed = Count()
  let unmarked = Count()
  let duplicates = Count()
  let handshakes = Count()
  let handshakesResumed = Count()
  let handshakesFailed = Count()
  let logins = Count()
  let loginsFailed = Count()
  let stored = Count()
  let storesFailed = Count()
  private let refusals = Mutex<[UInt16: Int]>([:])

  package init() {}

  func accepted(_ role: RelayRole, recipients count: Int, octets size: Int) {
    switch role {
    case .relay: relayMessages.add()
    case .submission: submissionMessages.add()
    case .submissions: submissionsMessages.add()
    case .lmtp: lmtpMessages.add()
    }
    recipients.add(count)
    octets.add(size)
  }

  func refused(_ code: UInt16) {
    refusals.withLock { $0[code, default: 0] += 1 }
  }

  /// Adds what was counted here to a snapshot.
  package func add(to counters: inout RelayCounters) {
    counters.messages[.relay, default: 0] += relayMessages.now
    counters.messages[.submission, default: 0] += submissionMessages.now
    counters.messages[.submissions, default: 0] += submissionsMessages.now
    counters.messages[.lmtp, default: 0] += lmtpMessages.now
    counters.recipients += recipients.now
    counters.octets += octets.now
    counters.intact += intact.now
    counters.changed += changed.now
    counters.unmarked += unmarked.now
    counters.duplicates += duplicates.now
    counters.handshakes += handshakes.now
    counters.handshakesResumed += handshakesResumed.now
    counters.handshakesFailed += handshakesFailed.now
    counters.logins += logins.now
    counters.loginsFailed += loginsFailed.now
    counters.stored += stored.now
    counters.storesFailed += storesFailed.now
    refusals.withLock { counters.refusals.merge($0, uniquingKeysWith: +) }
  }
}
