// SPDX-License-Identifier: Apache-2.0
//
// What the session machine hands back for one batch of input: octets to send, then one step. The
// same value is filled again and again, so a batch costs no allocation.

/// A point on a monotonic clock, in nanoseconds since a start that only its owner knows.
package struct RelayInstant: Sendable, Hashable, Comparable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (left: Self, right: Duration) -> Self {
    Self(nanoseconds: left.nanoseconds &+ right.relayNanoseconds)
  }
}

extension Duration {
  /// The whole span in nanoseconds; spans beyond 292 years are cut to that.
  var relayNanoseconds: Int64 {
    let (seconds, fraction) = components
    let limit: Int64 = 9_000_000_000
    return min(max(seconds, -limit), limit) * 1_000_000_000 + fraction / 1_000_000_000
  }
}

/// What follows once the octets of a batch are on their way.
package enum RelayStep: Sendable {
  /// Go on reading.
  case read
  /// Read nothing until the machine says otherwise; its deadline tells when it wants to be woken.
  case hold
  /// Begin the TLS handshake as the server; nothing more is read in the clear.
  case startTLS
  /// Put the message away and report with `stored`; until then, hold.
  case store(RelayMessage)
  /// The session is over.
  case close(RelayClose)
}

/// How a connection ends.
package enum RelayClose: Sendable, Hashable {
  /// After all octets: close_notify where TLS is on, then FIN, then wait for the client's end.
  case orderly
  /// FIN without close_notify: what a truncating server does.
  case withoutCloseNotify
  /// A reset; octets on their way may be lost.
  case reset
}

/// The answer of the machine to one event.
package struct RelayOutput: Sendable {
  /// What to send, in one write.
  package var octets: [UInt8] = []
  package var step = RelayStep.read

  package init() {}

  /// Makes room for the next batch, keeping the storage.
  package mutating func clear() {
    octets.removeAll(keepingCapacity: true)
    step = .read
  }
}
