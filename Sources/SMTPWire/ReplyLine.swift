// SPDX-License-Identifier: Apache-2.0
//
// One line of a reply, taken apart.

/// A line of a reply without its terminator.
package struct ReplyLine: Sendable, Hashable {
  package let octets: [UInt8]
  /// The three digits at the front, nil where there are none.
  package let code: UInt16?
  /// The octet behind the code, nil on a line that ends there.
  package let separator: UInt8?

  package init(octets: [UInt8]) {
    self.octets = octets
    let head = octets.withUnsafeBytes { ReplyLineHead($0) }
    code = head.code
    separator = head.separator
  }

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
}
