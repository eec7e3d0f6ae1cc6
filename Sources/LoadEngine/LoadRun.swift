// SPDX-License-Identifier: Apache-2.0
//
// A whole load: workers on event loops of their own, watched until the last session is over.

import DialogueEngine
import NIOCore
import NIOPosix
package import RunRecord
import Synchronization
package import TLSEngine

/// How a load can come to nothing before it has begun.
package enum LoadFailure: Sendable, Equatable {
  /// No session ever reached its start state; one line says why the last one did not.
  case unreachable(String)
  /// The target lacks what the scenario needs.
  case skipped(String)
}

/// What a load came to.
package struct LoadOutcome: Sendable {
  package var record: LoadRecord
  /// Set when the load was given up.
  package var failure: LoadFailure?
  package var tls: TLSFacts?
}

/// How far a load is.
package struct LoadProgress: Sendable, Equatable {
  /// Messages with an outcome, or connections opened and left.
  package var done: Int
  /// nil: as many as fit.
  package var planned: Int?
  /// Those of `done` that were not accepted.
  package var errors: Int
  /// Messages handed to a session and without an outcome.
  package var underWay: Int
  /// Connections open at present.
  package var open: Int
  /// Seconds since the start.
  package var elapsed: Double
  /// Seconds for which messages are begun; nil: their number decides.
  package var length: Double?
  /// The last whole second; nil before its end.
  package var last: TimePoint?

  package init(
    done: Int, planned: Int?, errors: Int, underWay: Int, open: Int, elapsed: Double,
    length: Double?, last: TimePoint?
  ) {
    self.done = done
    self.planned = planned
    self.errors = errors
    self.underWay = underWay
    self.open = open
    self.elapsed = elapsed
    self.length = length
    self.last = last
  }
}

/// Calls from the workers to whoever watches them; made on any of the loops.
struct LoadEvents: Sendable {
  /// The books of a second, or the last ones.
  var report: @Sendable (LoadReport) -> Void
  /// Every session has nothing left to send.
  var allSettled: @Sendable () -> Void
  /// Going on is pointless.
  var giveUp: @Sendable (LoadFailure) -> Void
}

/// Runs loads.
package enum LoadRun {
  /// Runs a load to its end, to `control`'s stop, or until it is clear that nobody gets through.
  ///
  /// - Parameters:
  ///   - includesRelay: Whether the target runs in this process, for the record of memory.
  ///   - progress: Called about four times a second; it must not block for long.
  package static func run(
    _ load: Load, control: LoadControl, includesRelay: Bool = false,
    progress: @escaping @Sendable (LoadProgress) -> Void = { _ in }
  ) async throws -> LoadOutcome {
    var load = load
    load.workers = max(1, min(load.workers, load.sessions))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: load.workers)
    let supervisor = LoadSupervisor(load: load, group: group, control: control)
    let outcome = try await supervisor.run(includesRelay: includesRelay, progress: progress)
    try await group.shutdownGracefully()
    return outcome
  }
}

/// Stops a load from outside.
package final class LoadControl: Sendable {
  private enum Wish: Int { case none, drain, abandon }
  private struct State {
    var wish = Wish.none
    var handler: (@Sendable (Bool) -> Void)?
  }

  private let state = Mutex(State())

  package init() {}

  /// Begins nothing new and finishes what was begun, within the load's `drainLimit`.
  package func drain() { wish(.drain) }

  /// Ends everything at once.
  package func abandon() { wish(.abandon) }

  /// Whether the load was told to stop.
  package var isStopping: Bool { state.withLock { $0.wish != .none } }

  private func wish(_ wish: Wish) {
    let handler = state.withLock { state in
      if wish.rawValue > state.wish.rawValue { state.wish = wish }
      return state.handler
    }
    handler?(wish == .abandon)
  }

  /// Hears of every wish from now on, and at once of an earlier one; true: abandon.
  func attend(_ handler: @escaping @Sendable (Bool) -> Void) {
    let wish = state.withLock { state in
      state.handler = handler
      return state.wish
    }
    if wish != .none { handler(wish == .abandon) }
  }

  func dismiss() { state.withLock { $0.handler = nil } }
}
