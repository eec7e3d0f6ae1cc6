// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL's door to the octets of a connection: a BIO that reads from and writes to the ByteBuffers
// of a TLSConnection. The library's own memory BIOs would copy once more, and keep for each idle
// connection as much memory as its largest burst took.

import COpenSSL
import NIOCore

enum OctetBIO {
  /// A BIO whose reads and writes go to the connection, which must outlive it.
  static func make(for connection: TLSConnection) -> OpaquePointer? {
    guard let bio = BIO_new(method) else { return nil }
    BIO_set_data(bio, Unmanaged.passUnretained(connection).toOpaque())
    BIO_set_init(bio, 1)
    return bio
  }

  // Unsafe only in the compiler's eyes: filled in before its first use and never changed after.
  nonisolated(unsafe) private static let method: OpaquePointer? = {
    let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "octets of a connection")
    BIO_meth_set_read(method, read)
    BIO_meth_set_write(method, write)
    BIO_meth_set_ctrl(method, control)
    return method
  }()

  private static func connection(of bio: OpaquePointer?) -> TLSConnection? {
    BIO_get_data(bio).map { Unmanaged<TLSConnection>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let read:
    @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int32) -> Int32 = {
      bio, space, count in
      relaymark_BIO_clear_retry_flags(bio)
      guard let connection = connection(of: bio), let space, count > 0 else { return -1 }
      let taken = connection.take(
        into: UnsafeMutableRawBufferPointer(start: space, count: Int(count)))
      guard taken > 0 else {
        // The end of the stream is the handler's to tell; here it is only ever "not yet".
        relaymark_BIO_set_retry_read(bio)
        return -1
      }
      return Int32(taken)
    }

  private static let write: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 =
    {
      bio, octets, count in
      relaymark_BIO_clear_retry_flags(bio)
      guard let connection = connection(of: bio), count >= 0 else { return -1 }
      connection.give(UnsafeRawBufferPointer(start: octets, count: Int(count)))
      return count
    }

  private static let control:
    @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int = {
      _, command, _, _ in
      // Nothing is buffered here, so a flush has nothing to do; nothing else is offered.
      command == BIO_CTRL_FLUSH ? 1 : 0
    }
}
