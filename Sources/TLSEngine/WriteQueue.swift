// SPDX-License-Identifier: Apache-2.0
//
// Clear text that was written but not yet turned into records, with its promises.

import NIOCore

/// Writes in order, up to a mark flushed.
struct WriteQueue {
  private struct Entry {
    var clearText: ByteBuffer
    var promise: EventLoopPromise<Void>?
  }

  private var entries: [Entry] = []
  private var flushedCount = 0
  /// The octets of all entries.
  private(set) var octetCount = 0

  var hasFlushed: Bool { flushedCount > 0 }

  mutating func append(_ clearText: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
    entries.append(Entry(clearText: clearText, promise: promise))
    octetCount += clearText.readableBytes
  }

  /// Marks everything so far as flushed.
  mutating func flush() { flushedCount = entries.count }

  /// Turns what was flushed into records.
  ///
  /// - Parameter promise: Becomes one promise for all of them, to be handed on with the records.
  mutating func write(
    to connection: TLSConnection, promise: inout EventLoopPromise<Void>?
  ) -> TLSError? {
    let flushed = entries[..<flushedCount]
    connection.reserve(clearText: flushed.reduce(0) { $0 + $1.clearText.readableBytes })
    var error: TLSError?
    for entry in flushed {
      octetCount -= entry.clearText.readableBytes
      promise.join(entry.promise)
      if error == nil { error = connection.write(entry.clearText) }
    }
    entries.removeFirst(flushedCount)
    flushedCount = 0
    return error
  }

  /// Takes everything out, to fail it.
  mutating func takePromises() -> [EventLoopPromise<Void>] {
    defer { self = WriteQueue() }
    return entries.compactMap(\.promise)
  }
}

extension EventLoopPromise<Void>? {
  /// Makes the other promise follow this one, or take its place where there is none yet.
  fileprivate mutating func join(_ other: EventLoopPromise<Void>?) {
    if let first = self {
      first.futureResult.cascade(to: other)
    } else {
      self = other
    }
  }
}
