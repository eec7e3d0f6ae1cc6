// SPDX-License-Identifier: Apache-2.0
//
// Digests against the published test vectors.

import TLSEngine
import Testing

struct DigestsTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var kind: DigestKind
    var input: String
    var digest: String
    var testDescription: String { "\(kind.rawValue) of \"\(input)\"" }
  }

  // RFC 1321 appendix A.5, FIPS 180-4 examples.
  static let vectors = [
    Vector(kind: .md5, input: "", digest: "d41d8cd98f00b204e9800998ecf8427e"),
    Vector(kind: .md5, input: "abc", digest: "900150983cd24fb0d6963f7d28e17f72"),
    Vector(kind: .sha1, input: "", digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    Vector(kind: .sha1, input: "abc", digest: "a9993e364706816aba3e25717850c26c9cd0d89d"),
    Vector(
      kind: .sha256, input: "",
      digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    Vector(
      kind: .sha256, input: "abc",
      digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ]

  @Test("Digests agree with the published vectors", arguments: vectors)
  func vectorsHold(_ vector: Vector) {
    #expect(hex(Digests.hash(vector.kind, Array(vector.input.utf8))) == vector.digest)
    #expect(Digests.isAvailable(vector.kind))
  }

  @Test("HMAC agrees with RFC 2202 and RFC 4231, case 2")
  func hmac() {
    let key = Array("Jefe".utf8)
    let octets = Array("what do ya want for nothing?".utf8)
    #expect(hex(Digests.hmac(.md5, key: key, octets)) == "750c783e6ab0b503eaa86e310a5db738")
    #expect(
      hex(Digests.hmac(.sha1, key: key, octets)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    #expect(
      hex(Digests.hmac(.sha256, key: key, octets))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test("HMAC takes an empty key and no octets")
  func emptyHmac() {
    #expect(
      hex(Digests.hmac(.sha256, key: [], []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("PBKDF2 agrees with RFC 6070")
  func pbkdf2() {
    let password = Array("password".utf8)
    let salt = Array("salt".utf8)
    #expect(
      hex(Digests.pbkdf2(.sha1, password: password, salt: salt, iterations: 2))
        == "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957")
    #expect(
      hex(Digests.pbkdf2(.sha1, password: password, salt: salt, iterations: 4_096))
        == "4b007901b765489abead49d926f721d065a429c1")
  }

  @Test("SHA-256 fed octet by octet equals SHA-256 of the whole, twice over")
  func incremental() {
    let octets = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var digest = Sha256()
    for _ in 0..<2 {
      for octet in octets { digest.update([octet]) }
      #expect(digest.finish() == Digests.sha256(octets))
    }
    #expect(digest.finish() == Digests.sha256([]))
  }

  @Test("Random octets have the asked length and differ")
  func random() {
    #expect(Digests.random(0).isEmpty)
    #expect(Digests.random(32).count == 32)
    #expect(Digests.random(32) != Digests.random(32))
  }
}

/// The octets in lower-case hexadecimal.
func hex(_ octets: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
