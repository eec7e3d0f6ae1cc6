// SPDX-License-Identifier: Apache-2.0
//
// The user's wish to stop, however it arrives: the first asks for an orderly end, the second for an
// immediate one, the third is granted by the system.

import Dispatch
import Glibc
import Synchronization

/// Counts interruptions and tells whoever is at work.
package final class Interruption: Sendable {
  private struct State {
    var count = 0
    var nextToken = 0
    var handlers: [Int: @Sendable (Int) -> Void] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// How often it was raised.
  package var count: Int { state.withLock { $0.count } }

  /// Interrupts once more.
  package func raise() {
    let (count, handlers) = state.withLock { state in
      state.count += 1
      return (state.count, Array(state.handlers.values))
    }
    for handler in handlers { handler(count) }
  }

  /// Runs the body; the handler is told of every interruption meanwhile, and at once of an earlier
  /// one.
  ///
  /// It is called on any thread and must not block.
  package func handled<Result>(
    by handler: @escaping @Sendable (Int) -> Void,
    _ body: () async throws -> Result
  ) async rethrows -> Result {
    let (token, earlier) = state.withLock { state in
      state.nextToken += 1
      state.handlers[state.nextToken] = handler
      return (state.nextToken, state.count)
    }
    defer { state.withLock { _ = $0.handlers.removeValue(forKey: token) } }
    if earlier > 0 { handler(earlier) }
    return try await body()
  }

  /// Returns once it was raised.
  package func awaitOne() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    await handled(by: { _ in continuation.finish() }) {
      for await _ in stream {}
    }
  }

  /// One that SIGINT and SIGTERM raise, for the life of the process.
  package static func ofSignals() -> Interruption {
    let interruption = Interruption()
    // A peer that went away is an error of the write, not the end of the program.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not grow any more (`ulimit -f`).
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        interruption.raise()
        if interruption.count > 2 { _exit(128 + number) }
      }
      source.resume()
      let kept = KeptSource(source: source)
      sources.withLock { $0.append(kept) }
    }
    return interruption
  }

  /// Sources live as long as the process.
  private static let sources = Mutex<[KeptSource]>([])
}

/// Keeps a signal source alive.
///
/// `@unchecked`: nothing is done with it once it has been resumed.
private struct KeptSource: @unchecked Sendable {
  let source: any DispatchSourceSignal
}
