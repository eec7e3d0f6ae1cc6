// SPDX-License-Identifier: Apache-2.0
//
// Where and why octets do not follow the grammar.

/// A place in octets at which the grammar was left.
package struct SyntaxFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// Octets before the place.
  package let offset: Int
  /// What the grammar asks for there.
  package let expected: String

  package init(offset: Int, expected: String) {
    self.offset = offset
    self.expected = expected
  }

  package var description: String { "expected \(expected) at octet \(offset + 1)" }
}

/// A reading position in octets.
struct OctetCursor {
  let octets: [UInt8]
  var index: Int

  init(_ octets: [UInt8], at index: Int = 0) {
    self.octets = octets
    self.index = index
  }

  var isAtEnd: Bool { index >= octets.count }
  var current: UInt8? { index < octets.count ? octets[index] : nil }

  mutating func take(_ octet: UInt8) -> Bool {
    guard current == octet else { return false }
    index += 1
    return true
  }

  mutating func take(while matches: (UInt8) -> Bool) -> [UInt8] {
    let start = index
    while let octet = current, matches(octet) { index += 1 }
    return Array(octets[start..<index])
  }

  func fault(_ expected: String) -> SyntaxFault { SyntaxFault(offset: index, expected: expected) }
}

/// Classes of octets in RFC 5321 section 4.1.2 and RFC 5322 section 3.2.3.
enum OctetClass {
  static func isDigit(_ octet: UInt8) -> Bool { octet >= 48 && octet <= 57 }

  static func isLetter(_ octet: UInt8) -> Bool {
    (octet >= 65 && octet <= 90) || (octet >= 97 && octet <= 122)
  }

  static func isLetterOrDigit(_ octet: UInt8) -> Bool { isLetter(octet) || isDigit(octet) }

  static func isHexDigit(_ octet: UInt8) -> Bool {
    isDigit(octet) || (octet >= 65 && octet <= 70) || (octet >= 97 && octet <= 102)
  }

  private static let specials = Set("!#$%&'*+-/=?^_`{|}~".utf8)

  static func isAtomText(_ octet: UInt8) -> Bool {
    isLetterOrDigit(octet) || specials.contains(octet)
  }
}
