// SPDX-License-Identifier: Apache-2.0
//
// After our close_notify the peer may still send TLS records, and clear text as well, which would
// be a grave finding. This tells one from the other.

package import NIOCore

/// Takes TLS records out of a stream and leaves everything else.
package struct RecordSkipper {
  /// Octets of the present record that have not come yet.
  private var missing = 0
  /// The beginning of what may be a record's header.
  private var header: [UInt8] = []

  package init() {}

  /// Removes complete and incomplete records from the front of what arrived.
  package mutating func strip(_ buffer: inout ByteBuffer) {
    if !header.isEmpty {
      var joined = ByteBuffer(bytes: header)
      joined.writeBuffer(&buffer)
      buffer = joined
      header = []
    }
    while buffer.readableBytes > 0 {
      if missing > 0 {
        let count = min(missing, buffer.readableBytes)
        buffer.moveReaderIndex(forwardBy: count)
        missing -= count
        continue
      }
      guard isRecord(buffer) else { return }
      guard buffer.readableBytes >= 5,
        let length = buffer.getInteger(at: buffer.readerIndex + 3, as: UInt16.self)
      else {
        header = Array(buffer.readableBytesView)
        buffer.clear()
        return
      }
      buffer.moveReaderIndex(forwardBy: 5)
      missing = Int(length)
    }
  }

  /// RFC 8446 section 5.1: a content type from 20 to 24, then a version that begins with 3.
  private func isRecord(_ buffer: ByteBuffer) -> Bool {
    guard let type = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
      (20...24).contains(type)
    else { return false }
    guard let major = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt8.self) else {
      return true
    }
    return major == 3
  }
}
