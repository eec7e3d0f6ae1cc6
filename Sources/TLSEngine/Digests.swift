// SPDX-License-Identifier: Apache-2.0
//
// Digests, message authentication, key derivation and randomness, all from OpenSSL. Knows neither
// TLS nor what its callers prove with it.

import COpenSSL

/// The digests that mail protocols ask for.
package enum DigestKind: String, Sendable, CaseIterable {
  /// RFC 1321; only for CRAM-MD5.
  case md5 = "MD5"
  /// FIPS 180-4; for SCRAM-SHA-1.
  case sha1 = "SHA1"
  /// FIPS 180-4.
  case sha256 = "SHA256"

  /// How many octets a digest of this kind has.
  package var length: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256: 32
    }
  }
}

/// Digests and what is built on them.
///
/// No function here throws: what could fail (a library without the digest, a system without
/// randomness) leaves nothing to go on with, and traps with a sentence. Ask ``isAvailable(_:)``
/// before MD5 where the system may run under a FIPS policy.
package enum Digests {
  /// Whether this OpenSSL offers the digest; MD5 is absent under a FIPS policy.
  package static func isAvailable(_ kind: DigestKind) -> Bool {
    Algorithms.find(kind) != nil
  }

  /// The MD5 digest, 16 octets.
  package static func md5(_ octets: [UInt8]) -> [UInt8] { hash(.md5, octets) }

  /// The SHA-1 digest, 20 octets.
  package static func sha1(_ octets: [UInt8]) -> [UInt8] { hash(.sha1, octets) }

  /// The SHA-256 digest, 32 octets.
  package static func sha256(_ octets: [UInt8]) -> [UInt8] { hash(.sha256, octets) }

  /// The digest of the octets, as long as ``DigestKind/length`` says.
  package static func hash(_ kind: DigestKind, _ octets: [UInt8]) -> [UInt8] {
    let algorithm = Algorithms.require(kind)
    return [UInt8](unsafeUninitializedCapacity: kind.length) { space, count in
      let done = EVP_Digest(octets, octets.count, space.baseAddress, nil, algorithm, nil)
      precondition(done == 1, "OpenSSL could not compute \(kind.rawValue)")
      count = kind.length
    }
  }

  /// The keyed digest of RFC 2104.
  package static func hmac(_ kind: DigestKind, key: [UInt8], _ octets: [UInt8]) -> [UInt8] {
    let algorithm = Algorithms.require(kind)
    return [UInt8](unsafeUninitializedCapacity: kind.length) { space, count in
      var length: UInt32 = 0
      let code = HMAC(
        algorithm, key, Int32(key.count), octets, octets.count, space.baseAddress, &length)
      precondition(code != nil, "OpenSSL could not compute HMAC-\(kind.rawValue)")
      count = Int(length)
    }
  }

  /// PBKDF2 of RFC 8018 section 5.2 with HMAC, as many octets as the digest has.
  ///
  /// This is `Hi()` of RFC 5802 section 2.2. Fewer than one iteration counts as one.
  package static func pbkdf2(
    _ kind: DigestKind, password: [UInt8], salt: [UInt8], iterations: Int
  ) -> [UInt8] {
    let algorithm = Algorithms.require(kind)
    let rounds = Int32(clamping: max(1, iterations))
    return [UInt8](unsafeUninitializedCapacity: kind.length) { space, count in
      let done = password.withUnsafeBytes { password in
        PKCS5_PBKDF2_HMAC(
          password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(password.count),
          salt, Int32(salt.count), rounds, algorithm, Int32(kind.length), space.baseAddress)
      }
      precondition(done == 1, "OpenSSL could not compute PBKDF2-HMAC-\(kind.rawValue)")
      count = kind.length
    }
  }

  /// Octets that nobody can foresee.
  package static func random(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { space, filled in
      precondition(
        count == 0 || RAND_bytes(space.baseAddress, Int32(count)) == 1,
        "the system gives OpenSSL no randomness")
      filled = count
    }
  }
}

/// A SHA-256 that is fed piece by piece.
package struct Sha256: ~Copyable {
  private let state: OpaquePointer

  /// Begins a digest of nothing.
  package init() {
    guard let state = EVP_MD_CTX_new(),
      EVP_DigestInit_ex(state, Algorithms.require(.sha256), nil) == 1
    else { fatalError("OpenSSL could not begin SHA-256") }
    self.state = state
  }

  deinit { EVP_MD_CTX_free(state) }

  /// Takes in the next octets.
  package mutating func update(_ octets: UnsafeRawBufferPointer) {
    let done = EVP_DigestUpdate(state, octets.baseAddress, octets.count)
    precondition(done == 1, "OpenSSL could not go on with SHA-256")
  }

  /// Takes in the next octets.
  package mutating func update(_ octets: [UInt8]) {
    octets.withUnsafeBytes { update($0) }
  }

  /// The digest of all that was taken in, 32 octets; the state starts anew with nothing.
  package mutating func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: DigestKind.sha256.length) { space, count in
      let done =
        EVP_DigestFinal_ex(state, space.baseAddress, nil) == 1
        && EVP_DigestInit_ex(state, Algorithms.require(.sha256), nil) == 1
      precondition(done, "OpenSSL could not finish SHA-256")
      count = DigestKind.sha256.length
    }
  }
}

/// The algorithms by kind, looked up once: OpenSSL 3 searches its providers on every implicit use.
private enum Algorithms {
  // Unsafe only in the compiler's eyes: an EVP_MD is immutable, counted atomically, never freed here.
  nonisolated(unsafe) private static let md5 = EVP_MD_fetch(nil, "MD5", nil)
  nonisolated(unsafe) private static let sha1 = EVP_MD_fetch(nil, "SHA1", nil)
  nonisolated(unsafe) private static let sha256 = EVP_MD_fetch(nil, "SHA256", nil)

  static func find(_ kind: DigestKind) -> OpaquePointer? {
    switch kind {
    case .md5: md5
    case .sha1: sha1
    case .sha256: sha256
    }
  }

  static func require(_ kind: DigestKind) -> OpaquePointer {
    guard let algorithm = find(kind) else {
      preconditionFailure("this OpenSSL does not offer \(kind.rawValue)")
    }
    return algorithm
  }
}
