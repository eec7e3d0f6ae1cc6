// SPDX-License-Identifier: Apache-2.0
//
// One line of a reply, taken apart.

/// A line of a reply without its terminator.
package struct ReplyLine: Sendable, Hashable {
  package let octets: [UInt8]

  package init(octets: [UInt8]) { self.octets = octets }

  /// The three digits at the front, nil where there are none.
  package var code: UInt16? { Self.code(of: octets) }

  /// The octet behind the code, nil on a line that ends there.
  package var separator: UInt8? { code != nil && octets.count > 3 ? octets[3] : nil }

  /// What stands behind code and separator, or the whole of a line without a code.
  package var text: [UInt8] {
    code == nil ? octets : Array(octets.dropFirst(4))
  }

  /// The enhanced status code at the front of the text (RFC 2034 section 3).
  package var enhancedCode: EnhancedCode? {
    code == nil ? nil : EnhancedCode(leading: octets.dropFirst(4))
  }

  /// The text behind the enhanced status code, or all of it where there is none.
  package var message: [UInt8] {
    guard let enhanced = enhancedCode else { return text }
    let rest = text.dropFirst(enhanced.description.utf8.count)
    return Array(rest.first == 32 ? rest.dropFirst() : rest)
  }

  /// Three digits at the front of octets, as a number.
  static func code(of octets: some RandomAccessCollection<UInt8>) -> UInt16? {
    guard octets.count >= 3 else { return nil }
    var value: UInt16 = 0
    for octet in octets.prefix(3) {
      guard octet >= 48, octet <= 57 else { return nil }
      value = value * 10 + UInt16(octet - 48)
    }
    return value
  }
}
