// SPDX-License-Identifier: Apache-2.0
//
// The reference relay's machine as the other side of a stage: no socket, and no time of its own.

import ReferenceRelay

/// One relay that takes any number of connections, one after the other.
final class RelayInMemory {
  private let environment: RelayEnvironment
  private var session: RelaySession?
  private var output = RelayOutput()
  private var connections = 0

  init(role: RelayRole = .relay, _ configuration: RelayConfiguration = RelayConfiguration()) {
    environment = RelayEnvironment(role: role, configuration: configuration)
  }

  func connected(at nanoseconds: Int64) -> [PeerAction] {
    connections += 1
    let now = RelayInstant(nanoseconds: nanoseconds)
    let session = RelaySession(
      environment: environment, peer: RelayPeer(number: connections), tally: RelayTally(), at: now)
    self.session = session
    session.begin(at: now, into: &output)
    return actions(of: session, at: nanoseconds)
  }

  func received(_ octets: [UInt8], at nanoseconds: Int64) -> [PeerAction] {
    guard let session else { return [] }
    octets.withUnsafeBytes {
      session.receive($0, at: RelayInstant(nanoseconds: nanoseconds), into: &output)
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
        let due = session.deadline
        actions.append(.pause(Int((due.nanoseconds - now + 999_999) / 1_000_000)))
        now = due.nanoseconds
        session.woken(at: due, into: &output)
      }
    }
  }
}
