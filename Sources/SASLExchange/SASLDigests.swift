// SPDX-License-Identifier: Apache-2.0
//
// The cryptography that the mechanisms need, handed in by whoever has a library for it.

import Synchronization

/// The hash functions of the mechanisms: MD5 of CRAM-MD5, the others of SCRAM.
package enum SASLHash: Sendable, Hashable, CaseIterable {
  case md5
  case sha1
  case sha256
}

/// Hashes, keyed hashes and randomness, as closures that any thread may call.
///
/// A closure that cannot do its work returns an empty array: no exchange then succeeds.
package struct SASLDigests: Sendable {
  /// The hash of the octets.
  package var hash: @Sendable (_ kind: SASLHash, _ octets: [UInt8]) -> [UInt8]
  /// HMAC (RFC 2104).
  package var hmac: @Sendable (_ kind: SASLHash, _ key: [UInt8], _ octets: [UInt8]) -> [UInt8]
  /// PBKDF2 with HMAC and an output as long as the hash: `Hi` of RFC 5802, section 2.2.
  package var pbkdf2:
    @Sendable (_ kind: SASLHash, _ password: [UInt8], _ salt: [UInt8], _ iterations: Int) ->
      [UInt8]
  /// So many octets fit for nonces (RFC 4086).
  package var random: @Sendable (_ count: Int) -> [UInt8]

  package init(
    hash: @escaping @Sendable (SASLHash, [UInt8]) -> [UInt8],
    hmac: @escaping @Sendable (SASLHash, [UInt8], [UInt8]) -> [UInt8],
    pbkdf2: @escaping @Sendable (SASLHash, [UInt8], [UInt8], Int) -> [UInt8],
    random: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.hash = hash
    self.hmac = hmac
    self.pbkdf2 = pbkdf2
    self.random = random
  }

  /// The same digests, with PBKDF2 done once for each password, salt and iteration count.
  ///
  /// Ten thousand sessions with one account need it: RFC 5802, section 5.1, allows a client to
  /// keep what it derived.
  ///
  /// - Parameter limit: how many results are kept; all are dropped when there are more.
  package func rememberingKeys(atMost limit: Int = 1024) -> SASLDigests {
    let memory = KeyMemory(limit: limit, derive: pbkdf2)
    var remembering = self
    remembering.pbkdf2 = { kind, password, salt, iterations in
      memory.key(.init(kind: kind, password: password, salt: salt, iterations: iterations))
    }
    return remembering
  }
}

/// Results of PBKDF2 by their inputs.
private final class KeyMemory: Sendable {
  struct Inputs: Hashable {
    var kind: SASLHash
    var password: [UInt8]
    var salt: [UInt8]
    var iterations: Int
  }

  private let limit: Int
  private let derive: @Sendable (SASLHash, [UInt8], [UInt8], Int) -> [UInt8]
  private let keys = Mutex<[Inputs: [UInt8]]>([:])

  init(limit: Int, derive: @escaping @Sendable (SASLHash, [UInt8], [UInt8], Int) -> [UInt8]) {
    self.limit = limit
    self.derive = derive
  }

  func key(_ inputs: Inputs) -> [UInt8] {
    if let known = keys.withLock({ $0[inputs] }) { return known }
    // Outside the lock: other threads need not wait, and deriving twice does no harm.
    let key = derive(inputs.kind, inputs.password, inputs.salt, inputs.iterations)
    keys.withLock { keys in
      if keys.count >= limit { keys.removeAll() }
      keys[inputs] = key
    }
    return key
  }
}
