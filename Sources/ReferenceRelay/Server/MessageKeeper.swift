// SPDX-License-Identifier: Apache-2.0
//
// Where accepted messages go: the disk, whoever asked for them, the next hop. One of them that has no
// room is enough for the message to be refused.

import NIOCore

/// Puts messages away.
struct MessageKeeper: Sendable {
  var storage: MessageStorage?
  var inbox: (@Sendable (RelayMessage) -> Bool)?
  var forwarder: Forwarder?

  /// - Returns: whether the message is where it shall be.
  func keep(_ message: RelayMessage, on eventLoop: any EventLoop) -> EventLoopFuture<Bool> {
    let stored =
      storage?.store(message, on: eventLoop) ?? eventLoop.makeSucceededFuture(true)
    return stored.map { [inbox, forwarder] isStored in
      isStored && inbox?(message) ?? true && forwarder?.take(message) ?? true
    }
  }

  func stop() async {
    await storage?.stop()
    await forwarder?.stop()
  }

  func add(to counters: inout RelayCounters) {
    guard let forwarder else { return }
    counters.forwarded += forwarder.forwarded.now
    counters.deferrals += forwarder.deferrals.now
    counters.dropped += forwarder.dropped.now
  }
}
