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

  /// Whether something flushed is still here.
  var hasFlushed: Bool { flushedCount > 0 }

  mutating func append(_ clearText: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
    entries.append(Entry(clearText: clearText, promise: promise))
    octetCount += clearText.readableBytes
  }

  /// Marks everything so far as flushed.
  mutating func flush() { flushedCount = entries.count }

  /// Turns what was flushed into records, as far as the connection takes it.
  ///
  /// - Parameter promise: Becomes one promise for all writes that are done, to be handed on with
  ///   the records.
  mutating func write(
    to connection: TLSConnection, promise: inout EventLoopPromise<Void>?
  ) -> TLSConnection.Progress {
    connection.reserve(
      clearText: entries[..<flushedCount].reduce(0) { $0 + $1.clearText.readableBytes })
    var progress = TLSConnection.Progress.complete
    var done = 0
    writing: while done < flushedCount {
      let before = entries[done].clearText.readableBytes
      progress = connection.write(&entries[done].clearText)
      octetCount -= before - entries[done].clearText.readableBytes
      guard case .complete = progress else { break writing }
      promise.join(entries[done].promise)
      done += 1
    }
    entries.removeFirst(done)
    flushedCount -= done
    return progress
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
