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

  /// Passes over any number of one octet.
  mutating func skip(_ octet: UInt8) {
    while current == octet { index += 1 }
  }

  func fault(_ expected: String) -> SyntaxFault { SyntaxFault(offset: index, expected: expected) }
}
