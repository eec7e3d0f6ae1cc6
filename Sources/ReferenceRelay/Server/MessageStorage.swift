// SPDX-License-Identifier: Apache-2.0
//
// Between sessions and the Maildir: a bounded queue in front of threads that may block.

import NIOCore
import NIOPosix
import Synchronization

/// Stores messages away from the event loops.
final class MessageStorage: Sendable {
  private let maildir: MaildirStore
  private let pool: NIOThreadPool
  private let waiting = Atomic<Int>(0)
  private let mostWaiting: Int
  private let note: @Sendable (String) -> Void

  /// Two threads: one may wait for the disk while the other prepares.
  init(folder: String, _ configuration: RelayConfiguration) throws(StoreError) {
    maildir = try MaildirStore(folder: folder)
    mostWaiting = configuration.limits.waitingStores
    note = configuration.note
    pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
  }

  /// Stores a message, or fails at once where too many wait already.
  func store(_ message: RelayMessage, on eventLoop: any EventLoop) -> EventLoopFuture<Bool> {
    guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= mostWaiting else {
      waiting.wrappingSubtract(1, ordering: .relaxed)
      note("relay: more than \(mostWaiting) messages wait for the disk")
      return eventLoop.makeSucceededFuture(false)
    }
    return pool.runIfActive(eventLoop: eventLoop) { [maildir, note] in
      do throws(StoreError) {
        try maildir.store(message)
        return true
      } catch {
        note("relay: \(error)")
        return false
      }
    }.recover { [note] error in
      note("relay: message \(message.id) was not stored: \(error)")
      return false
    }.always { _ in self.waiting.wrappingSubtract(1, ordering: .relaxed) }
  }

  /// Waits for what is being stored and ends the threads.
  func stop() async {
    do {
      try await pool.shutdownGracefully()
    } catch {
      note("relay: the storing threads did not end: \(error)")
    }
  }
}
