// SPDX-License-Identifier: Apache-2.0
//
// Texts of IP addresses as the mail grammar has them (RFC 5321 section 4.1.3).

/// The address syntax of literals.
package enum IPAddressText {
  /// Four numbers of 0 to 255.
  package static func isIPv4(_ octets: [UInt8]) -> Bool {
    let parts = octets.split(separator: 46, omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy(isSmallNumber)
  }

  /// Eight groups, or fewer with one `::`; the last two may be written as IPv4.
  ///
  /// RFC 5321 lets `::` stand for two groups or more, RFC 4291 section 2.2 for one as well; as a
  /// receiver this takes both.
  package static func isIPv6(_ octets: [UInt8]) -> Bool {
    let parts = octets.split(separator: 58, omittingEmptySubsequences: false)
    guard let gap = doubleColon(in: octets) else { return groups(parts, mayEndInIPv4: true) == 8 }
    let before = octets[..<gap]
    let behind = octets[(gap + 2)...]
    guard let front = count(before, mayEndInIPv4: false),
      let back = count(behind, mayEndInIPv4: true)
    else { return false }
    return front + back <= 7
  }

  /// One to three digits, 0 to 255.
  private static func isSmallNumber(_ octets: ArraySlice<UInt8>) -> Bool {
    (1...3).contains(octets.count) && octets.allSatisfy(OctetClass.isDigit)
      && octets.reduce(0) { $0 * 10 + Int($1 - 48) } <= 255
  }

  private static func doubleColon(in octets: [UInt8]) -> Int? {
    octets.indices.dropLast().first { octets[$0] == 58 && octets[$0 + 1] == 58 }
  }

  private static func count(_ half: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
    half.isEmpty
      ? 0
      : groups(
        half.split(separator: 58, omittingEmptySubsequences: false), mayEndInIPv4: mayEndInIPv4)
  }

  /// How many groups of 16 bits the parts are, nil where one of them is none.
  private static func groups(_ parts: [ArraySlice<UInt8>], mayEndInIPv4: Bool) -> Int? {
    var count = 0
    for (place, part) in parts.enumerated() {
      if mayEndInIPv4, place == parts.count - 1, part.contains(46) {
        guard isIPv4(Array(part)) else { return nil }
        count += 2
      } else {
        guard (1...4).contains(part.count), part.allSatisfy(OctetClass.isHexDigit) else {
          return nil
        }
        count += 1
      }
    }
    return count
  }
}
