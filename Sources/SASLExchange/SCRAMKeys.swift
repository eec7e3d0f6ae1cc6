// SPDX-License-Identifier: Apache-2.0
//
// What SCRAM derives from a password, and what a server may store instead of it.

/// A server's record of a password (RFC 5802, section 3).
package struct SCRAMKeys: Sendable, Hashable {
  /// The largest count that a client computes and a server announces: about half a second of one
  /// core, and far above the counts in use (RFC 5802, section 9, names the attack).
  package static let largestIterationCount = 1_000_000

  package var salt: [UInt8]
  /// From 1 to `largestIterationCount`.
  package var iterations: Int
  package var storedKey: [UInt8]
  package var serverKey: [UInt8]

  package init(salt: [UInt8], iterations: Int, storedKey: [UInt8], serverKey: [UInt8]) {
    self.salt = salt
    self.iterations = iterations
    self.storedKey = storedKey
    self.serverKey = serverKey
  }

  /// Derives the record of a password, which is prepared with SASLprep.
  ///
  /// - Throws: `.unusableCredential` for a password that SASLprep refuses, `.iterationCount`, and
  ///   `.digestsFailed`.
  package init(
    password: String, hash: SASLHash, salt: [UInt8], iterations: Int, digests: SASLDigests
  ) throws(SASLError) {
    let secrets = try ScramSecrets(
      password: password, hash: hash, salt: salt, iterations: iterations, digests: digests)
    self.init(
      salt: salt, iterations: iterations, storedKey: secrets.storedKey,
      serverKey: secrets.serverKey)
  }

  /// Whether the password is the one behind this record.
  func prove(_ password: String, hash: SASLHash, digests: SASLDigests) -> Bool {
    do throws(SASLError) {
      let secrets = try ScramSecrets(
        password: password, hash: hash, salt: salt, iterations: iterations, digests: digests)
      return equalInConstantTime(secrets.storedKey, storedKey)
    } catch {
      return false
    }
  }
}

extension SCRAMKeys: CustomStringConvertible, CustomReflectable {
  /// The public part.
  package var description: String { "SCRAM keys with \(iterations) iterations" }
  /// Without the keys: the server key lets anybody play the server.
  package var customMirror: Mirror { Mirror(self, children: ["iterations": iterations]) }
}

/// The keys of one password (RFC 5802, section 3).
struct ScramSecrets {
  var clientKey: [UInt8]
  var storedKey: [UInt8]
  var serverKey: [UInt8]

  init(
    password: String, hash: SASLHash, salt: [UInt8], iterations: Int, digests: SASLDigests
  ) throws(SASLError) {
    guard 1...SCRAMKeys.largestIterationCount ~= iterations else {
      throw SASLError(.iterationCount, "\(iterations) is no acceptable SCRAM iteration count")
    }
    let prepared = try SASLPreparation.prepare(password, as: "password")
    let salted = digests.pbkdf2(hash, Array(prepared.utf8), salt, iterations)
    clientKey = digests.hmac(hash, salted, Array("Client Key".utf8))
    storedKey = digests.hash(hash, clientKey)
    serverKey = digests.hmac(hash, salted, Array("Server Key".utf8))
    // A key that is missing would be a key that everybody knows.
    guard ![salted, clientKey, storedKey, serverKey].contains([]) else {
      throw SASLError(.digestsFailed, "the digests gave no SCRAM keys")
    }
  }

  /// `ClientProof` of the exchange.
  func proof(of message: [UInt8], hash: SASLHash, digests: SASLDigests) -> [UInt8] {
    exclusiveOr(clientKey, digests.hmac(hash, storedKey, message))
  }
}

/// The octets of both combined; as long as the shorter.
func exclusiveOr(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
  zip(left, right).map { $0 ^ $1 }
}
