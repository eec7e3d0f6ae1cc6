// SPDX-License-Identifier: Apache-2.0
//
// The reference relay's machine as the other side of a stage: no socket, and no time of its own.

import ReferenceRelay

/// One relay that takes any number of connections, one after the other.
final class RelayInMemory {
  private let service: RelayService
  private var session: RelaySession?
  private var output = RelayOutput()
  private var connections = 0

  init(role: RelayRole = .relay, _ configuration: RelayConfiguration = RelayConfiguration()) {
    service = RelayService(configuration, role: role)
  }

  func connected(at nanoseconds: Int64) -> [PeerAction] {
    connections += 1
    let now = RelayInstant(nanoseconds: nanoseconds)
    let session = RelaySession(
      service, peer: RelayPeer(number: connections), tally: RelayTally())
    self.session = session
    session.opened(at: now, into: &output)
    return actions(of: session, at: nanoseconds)
  }

  func received(_ octets: [UInt8], at nanoseconds: Int64) -> [PeerAction] {
    guard let session else { return [] }
    octets.withUnsafeBytes {
      session.received($0, at: RelayInstant(nanoseconds: nanoseconds), into: &output)
    }
    return actions(of: session, at: nanoseconds)
  }

  /// What the machine wants done; where it waits, the waiting is a pause.
  private func actions(of session: RelaySession, at nanoseconds: Int64) -> [PeerAction] {
    var actions: [PeerAction] = []
    var now = nanoseconds
    while true {
      if !output.octets.isEmpty { actions.append(.say(output.octets)) }
      switch output.step {
      case .read, .startTLS, .store: return actions
      case .close(let manner): return actions + [manner == .reset ? .reset : .finish]
      case .hold:
        guard let due = session.deadline else { return actions }
        actions.append(.pause(Int((due.nanoseconds - now + 999_999) / 1_000_000)))
        now = due.nanoseconds
        session.timerFired(at: due, into: &output)
      }
    }
  }
}
