// SPDX-License-Identifier: Apache-2.0
//
// ESMTP parameters (RFC 5321 section 4.1.2) and their xtext values (RFC 3461 section 4).

/// `KEYWORD` or `KEYWORD=value` behind a path.
package struct ESMTPParameter: Sendable, Hashable, CustomStringConvertible {
  /// In upper case.
  package var keyword: String
  /// As written; nil where there is no `=`.
  package var value: [UInt8]?

  package init(keyword: String, value: [UInt8]? = nil) {
    self.keyword = keyword.uppercased()
    self.value = value
  }

  /// As it is written behind a path.
  package var description: String {
    value.map { "\(keyword)=\(String(decoding: $0, as: UTF8.self))" } ?? keyword
  }

  /// Reads the parameters behind a path, each behind a space.
  ///
  /// - Parameters:
  ///   - start: the octet behind the path.
  ///   - allowsUTF8: whether values may hold UTF-8 (RFC 6531 section 3.3).
  package static func parse(
    _ octets: [UInt8], at start: Int, allowsUTF8: Bool
  ) throws(SyntaxFault) -> [ESMTPParameter] {
    var cursor = OctetCursor(octets, at: start)
    var parameters: [ESMTPParameter] = []
    while !cursor.isAtEnd {
      guard cursor.take(32) else { throw cursor.fault("a space or the end") }
      cursor.skip(32)
      if !cursor.isAtEnd { parameters.append(try parameter(&cursor, allowsUTF8)) }
    }
    return parameters
  }

  private static func parameter(
    _ cursor: inout OctetCursor, _ allowsUTF8: Bool
  ) throws(SyntaxFault) -> ESMTPParameter {
    guard let first = cursor.current, OctetClass.isLetterOrDigit(first) else {
      throw cursor.fault("a keyword")
    }
    let keyword = String(
      decoding: cursor.take { OctetClass.isLetterOrDigit($0) || $0 == 45 }, as: UTF8.self)
    guard cursor.take(61) else { return ESMTPParameter(keyword: keyword) }
    let start = cursor.index
    // esmtp-value: no `=`, space or control octets.
    let value = cursor.take {
      ($0 > 32 && $0 < 127 && $0 != 61) || (allowsUTF8 && $0 >= 128)
    }
    guard !value.isEmpty else { throw cursor.fault("a value behind =") }
    try UTF8Check.check(value, at: start)
    return ESMTPParameter(keyword: keyword, value: value)
  }
}

/// The encoding that carries any octets in a parameter value: `+` and two upper case hexadecimal
/// digits for what may not stand by itself (RFC 3461 section 4).
package enum XText {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Octets as xtext.
  package static func encoded(_ octets: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(octets.count)
    for octet in octets {
      if standsForItself(octet) {
        out.append(octet)
      } else {
        out += [43, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
      }
    }
    return out
  }

  /// The octets that xtext stands for.
  ///
  /// - Throws: the first place where the octets are no xtext.
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
        guard standsForItself(octet) else {
          throw SyntaxFault(offset: index, expected: "a printable character other than + and =")
        }
        out.append(octet)
        index += 1
      }
    }
    return out
  }

  /// xchar: printable ASCII without the space, `+` and `=`.
  private static func standsForItself(_ octet: UInt8) -> Bool {
    octet > 32 && octet < 127 && octet != 43 && octet != 61
  }

  /// A hexadecimal digit; RFC 3461 knows those in upper case alone.
  private static func value(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 48...57: octet - 48
    case 65...70: octet - 55
    default: nil
    }
  }
}

/// Whether octets above 127 are the UTF-8 that RFC 6531 speaks of.
enum UTF8Check {
  /// - Throws: a fault at `start` where the octets are no valid UTF-8.
  static func check(_ octets: [UInt8], at start: Int) throws(SyntaxFault) {
    guard octets.contains(where: { $0 >= 128 }) else { return }
    guard String(validating: octets, as: UTF8.self) != nil else {
      throw SyntaxFault(offset: start, expected: "valid UTF-8")
    }
  }
}
