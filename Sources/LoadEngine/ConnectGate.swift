// SPDX-License-Identifier: Apache-2.0
//
// How many connections may wait for their greeting at once. A listen queue that overflows costs the
// target a second of SYN retries for each connection lost, and us a wrong number.

/// Lets connects through a window that closes while too many wait to be greeted.
///
/// A target that greets late on purpose is not the queue's fault: whoever has waited for a whole
/// interval no longer counts (`forgive`), so that ten thousand sessions open against a tarpit as
/// well, `limit` an interval.
struct ConnectGate: Sendable, Equatable {
  /// The window.
  let limit: Int
  private var waiting = 0
  private var interval = 0

  init(limit: Int) { self.limit = max(1, limit) }

  /// Proof of admission, to be given back when the connection was greeted or failed.
  struct Ticket: Sendable, Equatable {
    fileprivate let interval: Int
  }

  /// Admits one connect, or nil while the window is full.
  mutating func admit() -> Ticket? {
    guard waiting < limit else { return nil }
    waiting += 1
    return Ticket(interval: interval)
  }

  mutating func settle(_ ticket: Ticket) {
    // Those of an earlier interval were forgiven already.
    if ticket.interval == interval { waiting -= 1 }
  }

  /// Ends an interval: whoever waits now no longer counts.
  mutating func forgive() {
    waiting = 0
    interval += 1
  }
}
