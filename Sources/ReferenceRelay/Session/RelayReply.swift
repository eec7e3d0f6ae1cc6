// SPDX-License-Identifier: Apache-2.0
//
// A reply as the relay means it, and its way onto the wire (RFC 5321 section 4.2, RFC 2034). Replies
// are values, so scripts and faults can change them before they are sent.

/// One reply: a code, an enhanced status code where one belongs, and one or more lines of text.
package struct RelayReply: Sendable, Hashable {
  package var code: UInt16
  /// The enhanced status code in front of the text of every line (RFC 2034), such as `2.1.5`; nil on
  /// greetings, hello and 3yz replies, which carry none.
  package var enhanced: String?
  /// The text of the first line, usually the only one.
  package var text: String
  /// The text of the lines after the first.
  package var more: [String]
  /// What is sent instead, exactly, whatever the other fields say; for faults.
  package var octets: [UInt8]?
  /// How the connection ends once the reply is sent; nil: it stays open.
  package var close: RelayClose?

  package init(_ code: UInt16, _ enhanced: String?, _ text: String, more: [String] = []) {
    self.code = code
    self.enhanced = enhanced
    self.text = text
    self.more = more
  }

  /// A reply that is nothing but these octets.
  package init(octets: [UInt8], code: UInt16) {
    self.init(code, nil, "")
    self.octets = octets
  }

  /// Reads `451 4.3.0 later` or `451 later`; nil where no code stands in front.
  package init?(parsing line: some StringProtocol) {
    let words = Substring(line).split(
      separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard let first = words.first, first.utf8.count == 3, let code = UInt16(first),
      (200...599).contains(code)
    else { return nil }
    if words.count > 1, Self.isEnhancedCode(words[1]) {
      self.init(code, String(words[1]), words.count > 2 ? String(words[2]) : "")
    } else {
      self.init(code, nil, words.dropFirst().joined(separator: " "))
    }
  }

  /// The first digit of the code: 2 done, 3 go on, 4 not now, 5 not at all.
  package var severity: UInt16 { code / 100 }

  package var isPositive: Bool { severity == 2 || severity == 3 }

  /// Appends the reply as it goes over the wire.
  ///
  /// - Parameter enhancedCodes: whether enhanced status codes are in use at all.
  package func write(to out: inout [UInt8], enhancedCodes: Bool = true) {
    if let octets {
      out.append(contentsOf: octets)
      return
    }
    let prefix = enhancedCodes ? enhanced : nil
    writeLine(text, prefix: prefix, isLast: more.isEmpty, to: &out)
    for index in more.indices {
      writeLine(more[index], prefix: prefix, isLast: index == more.count - 1, to: &out)
    }
  }

  private func writeLine(_ text: String, prefix: String?, isLast: Bool, to out: inout [UInt8]) {
    let zero = UInt16(UInt8(ascii: "0"))
    out.append(UInt8(truncatingIfNeeded: zero + code / 100))
    out.append(UInt8(truncatingIfNeeded: zero + code / 10 % 10))
    out.append(UInt8(truncatingIfNeeded: zero + code % 10))
    out.append(isLast ? UInt8(ascii: " ") : UInt8(ascii: "-"))
    if let prefix {
      out.append(contentsOf: prefix.utf8)
      out.append(UInt8(ascii: " "))
    }
    out.append(contentsOf: text.utf8)
    out.append(UInt8(ascii: "\r"))
    out.append(UInt8(ascii: "\n"))
  }

  private static func isEnhancedCode(_ word: Substring) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3
      && parts.allSatisfy { (1...3).contains($0.utf8.count) && UInt16($0) != nil }
  }
}
