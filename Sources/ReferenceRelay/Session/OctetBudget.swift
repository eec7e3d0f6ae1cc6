// SPDX-License-Identifier: Apache-2.0
//
// How many octets of message content all sessions together may hold.

import Synchronization

/// A number of octets that many sessions draw from.
final class OctetBudget: Sendable {
  private let left: Atomic<Int>

  init(_ octets: Int) {
    left = Atomic(octets)
  }

  /// Takes so many octets out of the budget; false, and nothing taken, where it has not enough.
  func reserve(_ octets: Int) -> Bool {
    guard left.wrappingSubtract(octets, ordering: .relaxed).newValue < 0 else { return true }
    left.wrappingAdd(octets, ordering: .relaxed)
    return false
  }

  func release(_ octets: Int) {
    if octets > 0 { left.wrappingAdd(octets, ordering: .relaxed) }
  }
}
