// SPDX-License-Identifier: Apache-2.0
//
// Who is connected: how many sessions there are, in total and from each address, and whether one
// more may come in. Touched twice in the life of a connection.

import Synchronization

/// The open sessions of a relay.
final class ConnectionTable: Sendable {
  /// Whether a connection may have a session.
  enum Admission: Sendable { case admitted, tooMany, tooManyFromAddress }

  private struct State {
    var sessions = 0
    var peak = 0
    var opened = 0
    var refused = 0
    var byAddress: [String: Int] = [:]
  }

  private let limits: RelayLimits
  private let state = Mutex(State())

  init(limits: RelayLimits) {
    self.limits = limits
  }

  /// Counts a new connection in, or says why not; only an admitted one has to `leave`.
  ///
  /// - Returns: the verdict, and the number of the connection since the start.
  func enter(from address: String?) -> (Admission, number: Int) {
    state.withLock { state in
      state.opened += 1
      let number = state.opened
      guard state.sessions < limits.connections else {
        state.refused += 1
        return (.tooMany, number)
      }
      if let address {
        guard state.byAddress[address, default: 0] < limits.connectionsPerAddress else {
          state.refused += 1
          return (.tooManyFromAddress, number)
        }
        state.byAddress[address, default: 0] += 1
      }
      state.sessions += 1
      state.peak = max(state.peak, state.sessions)
      return (.admitted, number)
    }
  }

  func leave(from address: String?) {
    state.withLock { state in
      state.sessions -= 1
      guard let address, let count = state.byAddress[address] else { return }
      state.byAddress[address] = count > 1 ? count - 1 : nil
    }
  }

  func add(to counters: inout RelayCounters) {
    state.withLock { state in
      counters.connections += state.opened - state.refused
      counters.connectionsRefused += state.refused
      counters.sessions += state.sessions
      counters.sessionsPeak = max(counters.sessionsPeak, state.peak)
    }
  }
}
