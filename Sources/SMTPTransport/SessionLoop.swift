// SPDX-License-Identifier: Apache-2.0
//
// What all sessions of one event loop share, so that ten thousand of them hold little each: the
// scratch in which commands are put together and the buffer in which they leave.

package import DialogueEngine
package import NIOCore

/// The common ground of the sessions on one event loop; used on that loop only.
package final class SessionLoop {
  package let eventLoop: any EventLoop
  /// Scratch that is in nobody's hands; more than one only while sessions act within sessions.
  private var outputs: [DialogueOutput] = []
  private var buffer = ByteBuffer()

  /// Buffers that grew beyond this for a large message are given back.
  private static let largestBuffer = 256 << 10

  package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// The present moment on the clock that all of Relaymark's instants are read from.
  package static func now() -> Instant {
    Instant(nanoseconds: Int64(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds))
  }

  func takeOutput() -> DialogueOutput { outputs.popLast() ?? DialogueOutput() }

  /// Takes scratch back that was cleared by its last user: here it would not be unique any more,
  /// and clearing it would allocate.
  func giveBack(_ output: consuming DialogueOutput) { outputs.append(output) }

  /// A buffer with these octets; the storage is that of the last one, unless the channel still
  /// holds it.
  func buffer(holding octets: borrowing [UInt8], _ range: Range<Int>) -> ByteBuffer {
    if buffer.capacity > SessionLoop.largestBuffer { buffer = ByteBuffer() }
    buffer.clear()
    octets.withUnsafeBytes { all in
      _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: all[range]))
    }
    return buffer
  }
}
