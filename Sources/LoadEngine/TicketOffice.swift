// SPDX-License-Identifier: Apache-2.0
//
// The messages of a closed load, handed out one by one to whichever session is free first.

import Synchronization

/// Hands out the numbers 1 to `planned`, each once; one that never began can be given back.
///
/// Shared by all workers: the hot path is one atomic addition.
final class TicketOffice: Sendable {
  let planned: Int
  private let issued = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let returned = Mutex<[Int]>([])
  /// Mirrors the size of `returned`, so that nobody locks for nothing.
  private let returnedCount = Atomic<Int>(0)

  init(planned: Int) { self.planned = planned }

  /// The next number; nil when all are out or the office is closed.
  func take() -> Int? {
    guard !isClosed.load(ordering: .relaxed) else { return nil }
    if returnedCount.load(ordering: .relaxed) > 0, let number = takeReturned() { return number }
    guard issued.load(ordering: .relaxed) < planned else { return nil }
    let number = issued.add(1, ordering: .relaxed).newValue
    return number <= planned ? number : nil
  }

  /// Takes back a number whose message was never begun.
  func giveBack(_ number: Int) {
    returned.withLock { $0.append(number) }
    returnedCount.add(1, ordering: .relaxed)
  }

  /// Hands out nothing more.
  func close() { isClosed.store(true, ordering: .relaxed) }

  /// Whether `take` has something to give at present.
  var hasMore: Bool {
    guard !isClosed.load(ordering: .relaxed) else { return false }
    return returnedCount.load(ordering: .relaxed) > 0 || issued.load(ordering: .relaxed) < planned
  }

  private func takeReturned() -> Int? {
    returned.withLock { numbers in
      guard let number = numbers.popLast() else { return nil }
      returnedCount.subtract(1, ordering: .relaxed)
      return number
    }
  }
}
