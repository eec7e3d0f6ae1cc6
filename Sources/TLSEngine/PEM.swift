// SPDX-License-Identifier: Apache-2.0
//
// Certificates and keys in PEM form, RFC 7468: reading them from octets and files, and writing them.

import COpenSSL
import Glibc

/// An X.509 certificate; one reference to OpenSSL's object.
///
/// Sendable: the object is not changed after it was read or signed, and OpenSSL guards what it
/// caches inside with a lock of its own.
final class Certificate: @unchecked Sendable {
  let pointer: OpaquePointer

  init(owned pointer: OpaquePointer) { self.pointer = pointer }

  convenience init(borrowed pointer: OpaquePointer) {
    X509_up_ref(pointer)
    self.init(owned: pointer)
  }

  deinit { X509_free(pointer) }
}

/// A private key; one reference to OpenSSL's object.
final class PrivateKey {
  let pointer: OpaquePointer

  init(owned pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }
}

enum PEM {
  /// The longest file that is read: the certificates of all public authorities are a fifth of it.
  static let fileLimit = 1 << 20

  /// The octets of a file.
  static func file(_ path: String, holding what: String) throws(TLSError) -> [UInt8] {
    func failure(_ reason: String) -> TLSError {
      TLSError(.material, operation: "read \(what)", detail: "\(path): \(reason)")
    }
    guard let file = fopen(path, "rbe") else { throw failure(String(cString: strerror(errno))) }
    defer { fclose(file) }
    var octets = [UInt8](repeating: 0, count: fileLimit + 1)
    let count = fread(&octets, 1, octets.count, file)
    guard ferror(file) == 0 else { throw failure(String(cString: strerror(errno))) }
    guard count <= fileLimit else { throw failure("longer than \(fileLimit) octets") }
    octets.removeSubrange(count...)
    return octets
  }

  /// All certificates, in order; other PEM blocks are passed over.
  static func certificates(
    _ octets: [UInt8], operation: String
  ) throws(TLSError) -> [Certificate] {
    var found: [Certificate] = []
    ErrorQueue.clear()
    withMemoryBIO(octets) { bio in
      while let pointer = PEM_read_bio_X509(bio, nil, refusePassphrase, nil) {
        found.append(Certificate(owned: pointer))
      }
    }
    // The reader's end is an error of its own: no further block starts.
    let errors = ErrorQueue.drain()
    if let error = errors.first(where: { $0.reason != PEM_R_NO_START_LINE }) {
      throw TLSError(
        .material, operation: operation, detail: "certificate \(found.count + 1): \(error.text)",
        reasons: errors.map(\.text))
    }
    guard !found.isEmpty else {
      throw TLSError(
        .material, operation: operation, detail: "there is no certificate in PEM form",
        cure: "a certificate stands between BEGIN CERTIFICATE and END CERTIFICATE")
    }
    return found
  }

  /// The first private key; an encrypted one is refused, never asked for at a terminal.
  static func privateKey(_ octets: [UInt8]) throws(TLSError) -> PrivateKey {
    ErrorQueue.clear()
    let pointer = withMemoryBIO(octets) { PEM_read_bio_PrivateKey($0, nil, refusePassphrase, nil) }
    guard let pointer else {
      throw ErrorQueue.error(
        .material, operation: "read the private key",
        cure: "it must be in PEM form and not encrypted")
    }
    return PrivateKey(owned: pointer)
  }

  /// A certificate in PEM form.
  static func text(of certificate: Certificate) throws(TLSError) -> [UInt8] {
    try written("write a certificate") { PEM_write_bio_X509($0, certificate.pointer) }
  }

  /// A private key in PEM form, not encrypted.
  static func text(of key: PrivateKey) throws(TLSError) -> [UInt8] {
    try written("write a private key") {
      PEM_write_bio_PrivateKey($0, key.pointer, nil, nil, 0, nil, nil)
    }
  }

  private static func written(
    _ operation: String, _ write: (OpaquePointer) -> Int32
  ) throws(TLSError) -> [UInt8] {
    ErrorQueue.clear()
    guard let bio = BIO_new(BIO_s_mem()) else {
      throw ErrorQueue.error(.material, operation: operation)
    }
    defer { BIO_free(bio) }
    var octets: UnsafeMutablePointer<CChar>?
    guard write(bio) == 1 else { throw ErrorQueue.error(.material, operation: operation) }
    let count = relaymark_BIO_get_mem_data(bio, &octets)
    return Array(UnsafeRawBufferPointer(start: octets, count: count))
  }

  private static func withMemoryBIO<Result>(
    _ octets: [UInt8], _ body: (OpaquePointer?) -> Result
  ) -> Result {
    octets.withUnsafeBytes { octets in
      let bio = BIO_new_mem_buf(octets.baseAddress, Int32(clamping: octets.count))
      defer { BIO_free(bio) }
      return body(bio)
    }
  }
}

/// Stands in for OpenSSL's own callback, which would ask at the terminal and wait.
private func refusePassphrase(
  _ space: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isWriting: Int32,
  _ data: UnsafeMutableRawPointer?
) -> Int32 { -1 }
