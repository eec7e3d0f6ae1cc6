// SPDX-License-Identifier: Apache-2.0
//
// Messages on their way to the Maildir: written on a thread pool, at most so many waiting.

import NIOCore
import NIOPosix
import Synchronization

/// Puts messages away without blocking an event loop.
final class StoreQueue: Sendable {
  /// More messages wait for the disk than may.
  struct Full: Error {}

  private let maildir: MaildirStore
  private let pool: NIOThreadPool
  private let most: Int
  private let waiting = Atomic<Int>(0)

  init(maildir: MaildirStore, most: Int) {
    self.maildir = maildir
    self.most = most
    pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
  }

  func put(_ message: RelayMessage, on loop: any EventLoop) -> EventLoopFuture<Int> {
    guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= most else {
      waiting.wrappingSubtract(1, ordering: .relaxed)
      return loop.makeFailedFuture(Full())
    }
    return pool.runIfActive(eventLoop: loop) { [self] in
      defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
      return try maildir.store(message)
    }
  }

  /// Stores a message that nobody waits for; only a fault keeps such messages.
  func keep(_ message: RelayMessage) {
    pool.submit { [self] _ in _ = try? maildir.store(message) }
  }

  func stop() async { try? await pool.shutdownGracefully() }
}
