// SPDX-License-Identifier: Apache-2.0
//
// What all sessions of one event loop share, so that ten thousand of them hold little each: the
// scratch in which commands are put together and the buffer in which they leave.

package import DialogueEngine
package import NIOCore

/// The common ground of the sessions on one event loop; used on that loop only.
package final class SessionLoop {
  package let eventLoop: any EventLoop
  /// The scratch of whichever session acts; one that acts within another uses scratch of its own.
  private var output = DialogueOutput()
  private var isTaken = false
  private var buffer = ByteBuffer()

  /// Buffers that grew beyond this for a large message are given back.
  private static let largestBuffer = 256 << 10

  package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// The present moment on the clock that all of Relaymark's instants are read from.
  package static func now() -> Instant {
    Instant(nanoseconds: Int64(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds))
  }

  /// Lends the scratch and clears it afterwards.
  @inline(__always)
  func withOutput(_ body: (inout DialogueOutput) -> Void) {
    guard !isTaken else {
      var other = DialogueOutput()
      return body(&other)
    }
    isTaken = true
    body(&output)
    output.clear()
    isTaken = false
  }

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
