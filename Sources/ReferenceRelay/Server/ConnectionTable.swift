// SPDX-License-Identifier: Apache-2.0
//
// Who is connected: how many sessions there are, in total and from each address, and whether one
// more may come in. Touched twice in the life of a connection.

import NIOCore
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
    var channels: [Int: any Channel] = [:]
  }

  private let limits: RelayLimits
  private let state = Mutex(State())

  init(limits: RelayLimits) {
    self.limits = limits
  }

  /// Counts a new connection in; every one has to `leave`.
  ///
  /// - Returns: the verdict, and the number of the connection since the start.
  func enter(_ channel: any Channel, from address: String?) -> (Admission, number: Int) {
    state.withLock { state in
      state.opened += 1
      state.channels[state.opened] = channel
      let admission = admission(from: address, state)
      if admission == .admitted {
        if let address { state.byAddress[address, default: 0] += 1 }
        state.sessions += 1
        state.peak = max(state.peak, state.sessions)
      } else {
        state.refused += 1
      }
      return (admission, state.opened)
    }
  }

  private func admission(from address: String?, _ state: State) -> Admission {
    guard state.sessions < limits.connections else { return .tooMany }
    guard let address else { return .admitted }
    return state.byAddress[address, default: 0] < limits.connectionsPerAddress
      ? .admitted : .tooManyFromAddress
  }

  func leave(_ number: Int, from address: String?, after admission: Admission) {
    state.withLock { state in
      state.channels[number] = nil
      guard admission == .admitted else { return }
      state.sessions -= 1
      guard let address, let count = state.byAddress[address] else { return }
      state.byAddress[address] = count > 1 ? count - 1 : nil
    }
  }

  /// The connections that are open now, those that were refused and not yet closed among them.
  var channels: [any Channel] { state.withLock { Array($0.channels.values) } }

  func add(to counters: inout RelayCounters) {
    state.withLock { state in
      counters.connections += state.opened - state.refused
      counters.connectionsRefused += state.refused
      counters.sessions += state.sessions
      counters.sessionsPeak = max(counters.sessionsPeak, state.peak)
    }
  }
}
