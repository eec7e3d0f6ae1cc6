// SPDX-License-Identifier: Apache-2.0
//
// ESMTP parameters (RFC 5321 section 4.1.2) and their xtext values (RFC 3461 section 4).

/// `KEYWORD` or `KEYWORD=value` behind a path.
package struct ESMTPParameter: Sendable, Hashable {
  /// In upper case.
  package var keyword: String
  /// As written; nil where there is no `=`.
  package var value: [UInt8]?

  package init(keyword: String, value: [UInt8]? = nil) {
    self.keyword = keyword
    self.value = value
  }

  /// Reads the parameters behind a path, each behind a space.
  package static func parse(_ octets: [UInt8], at start: Int) throws(SyntaxFault)
    -> [ESMTPParameter]
  {
    var cursor = OctetCursor(octets, at: start)
    var parameters: [ESMTPParameter] = []
    while !cursor.isAtEnd {
      guard cursor.take(32) else { throw cursor.fault("a space before the parameter") }
      while cursor.take(32) {}
      if cursor.isAtEnd { break }
      let keyword = cursor.take { OctetClass.isLetterOrDigit($0) || $0 == 45 }
      guard let first = keyword.first, first != 45 else { throw cursor.fault("a keyword") }
      var value: [UInt8]?
      if cursor.take(61) {
        // esmtp-value: no `=`, space or control octets; UTF-8 by RFC 6531 section 3.3.
        let octets = cursor.take { $0 > 32 && $0 != 61 && $0 != 127 }
        guard !octets.isEmpty else { throw cursor.fault("a value behind =") }
        value = octets
      }
      parameters.append(
        ESMTPParameter(
          keyword: String(decoding: keyword, as: UTF8.self).uppercased(), value: value))
    }
    return parameters
  }
}

/// The encoding that carries any octets in a parameter value: `+` and two upper case hexadecimal
/// digits for what may not stand by itself.
package enum XText {
  private static let digits = Array("0123456789ABCDEF".utf8)

  package static func encoded(_ octets: [UInt8]) -> [UInt8] {
    octets.flatMap { octet -> [UInt8] in
      octet > 32 && octet < 127 && octet != 43 && octet != 61
        ? [octet] : [43, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
    }
  }

  /// - Throws: a fault where the octets are no xtext.
  package static func decoded(_ octets: [UInt8]) throws(SyntaxFault) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    while index < octets.count {
      let octet = octets[index]
      if octet == 43 {
        guard index + 2 < octets.count, let high = value(octets[index + 1]),
          let low = value(octets[index + 2])
        else { throw SyntaxFault(offset: index, expected: "+ and two hexadecimal digits") }
        out.append(high << 4 | low)
        index += 3
      } else {
        guard octet > 32, octet < 127, octet != 61 else {
          throw SyntaxFault(offset: index, expected: "a printable character other than =")
        }
        out.append(octet)
        index += 1
      }
    }
    return out
  }

  private static func value(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 48...57: octet - 48
    case 65...70: octet - 55
    default: nil
    }
  }
}
