// SPDX-License-Identifier: Apache-2.0
//
// What the workers of one load know of each other: a few numbers, read and written without locks.

import Synchronization

/// Shared counters of one load.
final class LoadBoard: Sendable {
  let sessions: Int
  private let open = Atomic<Int>(0)
  private let highest = Atomic<Int>(0)
  private let begun = Atomic<Int>(0)
  private let completed = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)
  private let settled = Atomic<Int>(0)
  private let failedSetups = Atomic<Int>(0)
  private let reached = Atomic<Bool>(false)

  init(sessions: Int) { self.sessions = sessions }

  var openNow: Int { open.load(ordering: .relaxed) }
  /// The most connections that were open at once.
  var peak: Int { highest.load(ordering: .relaxed) }
  /// Messages with an outcome, or plain connections that were left.
  var done: Int { completed.load(ordering: .relaxed) }
  /// Messages handed to a session.
  var started: Int { begun.load(ordering: .relaxed) }
  /// Messages with an outcome other than accepted.
  var errors: Int { failed.load(ordering: .relaxed) }
  /// Whether any session ever reached its start state.
  var everReady: Bool { reached.load(ordering: .relaxed) }

  func opened() {
    let now = open.add(1, ordering: .relaxed).newValue
    highest.max(now, ordering: .relaxed)
  }

  func closed() { open.subtract(1, ordering: .relaxed) }

  func startedOne() { begun.add(1, ordering: .relaxed) }

  /// One that was handed out never began.
  func gaveBackOne() { begun.subtract(1, ordering: .relaxed) }

  func completedOne() { completed.add(1, ordering: .relaxed) }

  func failedOne() { failed.add(1, ordering: .relaxed) }

  func ready() { reached.store(true, ordering: .relaxed) }

  /// Notes a setup that failed and says whether it is time to give up: nobody ever got through, and
  /// either all or this many have tried.
  func failedSetup() -> Bool {
    let failures = failedSetups.add(1, ordering: .relaxed).newValue
    return !everReady && failures >= min(sessions, Self.failuresToGiveUp)
  }

  private static let failuresToGiveUp = 16

  /// Notes a session that has nothing left to do; true for the last one.
  func settledOne() -> Bool { settled.add(1, ordering: .relaxed).newValue == sessions }
}
