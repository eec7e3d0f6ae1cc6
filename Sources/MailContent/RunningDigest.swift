// SPDX-License-Identifier: Apache-2.0
//
// The shape of the digest that this module uses and others provide.

/// A SHA-256 that is fed piece by piece.
package protocol RunningDigest: AnyObject {
  /// Takes in the next octets.
  func update(_ octets: UnsafeRawBufferPointer)
  /// The digest of all that was taken in; the object begins anew with nothing.
  func finish() -> [UInt8]
}

/// Makes fresh digests.
package typealias DigestSource = @Sendable () -> any RunningDigest

extension RunningDigest {
  func update(_ octets: [UInt8]) {
    octets.withUnsafeBytes { update($0) }
  }

  /// The digest in lower-case hexadecimal digits.
  func finishInHexadecimal() -> [UInt8] {
    let octets = finish()
    return [UInt8](unsafeUninitializedCapacity: octets.count * 2) { digits, count in
      func append(_ digit: UInt8) {
        digits[count] = digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")
        count += 1
      }
      for octet in octets {
        append(octet >> 4)
        append(octet & 15)
      }
    }
  }
}
