// SPDX-License-Identifier: Apache-2.0
//
// The sessions that a client can resume, by peer. Knows nothing of connections.

import COpenSSL
import Synchronization

/// A session that a server let us have; one reference to OpenSSL's object.
///
/// Sendable: OpenSSL does not change a session once it handed it over, and counts references
/// atomically.
final class ResumableSession: @unchecked Sendable {
  let pointer: OpaquePointer

  init(owned pointer: OpaquePointer) { self.pointer = pointer }

  deinit { SSL_SESSION_free(pointer) }

  /// Whether a second use would tell an observer that both connections are ours; RFC 8446
  /// appendix C.4 asks for a single one.
  var isForOneUse: Bool { SSL_SESSION_get_protocol_version(pointer) >= TLS1_3_VERSION }
}

/// Sessions by peer, shared by all connections of a context.
final class SessionCache: Sendable {
  /// As many tickets as a load run has connections at a time; each holds about 1 KiB.
  static let ticketsPerPeer = 1_024
  /// A context serves one target under a few names.
  static let peers = 64

  private struct Entry {
    /// TLS 1.3: each is used once, the youngest first.
    var tickets: [ResumableSession] = []
    /// TLS 1.2 and older: used again and again until a newer one comes.
    var session: ResumableSession?
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// Keeps a session for later connections to the peer.
  func store(_ session: ResumableSession, for peer: String) {
    // Freed sessions leave the lock with their last reference, not inside it.
    let _: [ResumableSession] = entries.withLock { entries in
      var dropped: [ResumableSession] = []
      if entries[peer] == nil, entries.count >= Self.peers, let other = entries.keys.first {
        dropped += entries.removeValue(forKey: other)?.tickets ?? []
      }
      var entry = entries.removeValue(forKey: peer) ?? Entry()
      if session.isForOneUse {
        if entry.tickets.count >= Self.ticketsPerPeer {
          dropped.append(entry.tickets.removeFirst())
        }
        entry.tickets.append(session)
      } else {
        if let old = entry.session { dropped.append(old) }
        entry.session = session
      }
      entries[peer] = entry
      return dropped
    }
  }

  /// Whether there is a session to offer to the peer.
  func holds(for peer: String) -> Bool {
    entries.withLock { entries in
      guard let entry = entries[peer] else { return false }
      return !entry.tickets.isEmpty || entry.session != nil
    }
  }

  /// A session to offer to the peer; a TLS 1.3 ticket is gone from the cache then.
  func take(for peer: String) -> ResumableSession? {
    entries.withLock { entries in
      entries[peer]?.tickets.popLast() ?? entries[peer]?.session
    }
  }

  /// Forgets all sessions with the peer, because a handshake that offered one has failed.
  func forget(_ peer: String) {
    let _ = entries.withLock { $0.removeValue(forKey: peer) }
  }
}
