// SPDX-License-Identifier: Apache-2.0
//
// Base64 as RFC 4954 wants it: one spelling for each value, everything else refused.

/// Base64 with padding (RFC 4648, section 4).
package enum Base64 {
  private static let alphabet = [UInt8](
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let pad = UInt8(ascii: "=")
  private static let noDigit: UInt8 = 0xFF
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: noDigit, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  /// The octets in base64, without line ends.
  package static func encode(_ octets: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((octets.count + 2) / 3 * 4)
    for start in stride(from: 0, to: octets.count, by: 3) {
      let group = octets[start..<min(start + 3, octets.count)]
      var bits: UInt32 = 0
      for octet in group { bits = bits << 8 | UInt32(octet) }
      bits <<= UInt32(8 * (3 - group.count))
      for digit in 0..<4 {
        let value = Int(bits >> UInt32(18 - 6 * digit) & 0x3F)
        text.append(digit <= group.count ? alphabet[value] : pad)
      }
    }
    return text
  }

  /// The octets behind strict base64; the empty text gives no octets.
  ///
  /// Refused are lengths that are no multiple of four, every character outside the alphabet (line
  /// ends too), padding before the end, and unused bits that are not zero: a decoder that skips
  /// them reads one value out of many texts.
  ///
  /// - Throws: `.badBase64`.
  /// - SeeAlso: RFC 4954, section 4; RFC 4648, sections 3.3 and 3.5
  package static func decode(_ text: some Collection<UInt8>) throws(SASLError) -> [UInt8] {
    guard text.count.isMultiple(of: 4) else {
      throw SASLError(.badBase64, "base64 of \(text.count) octets, which four does not divide")
    }
    let padding = text.suffix(2).reversed().prefix { $0 == pad }.count
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var digits = 0
    for character in text.dropLast(padding) {
      let value = values[Int(character)]
      guard value != noDigit else { throw SASLError(.badBase64, refusal(of: character)) }
      bits = bits << 6 | UInt32(value)
      digits += 1
      guard digits == 4 else { continue }
      octets += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
      octets.append(UInt8(truncatingIfNeeded: bits))
      (bits, digits) = (0, 0)
    }
    // Two digits carry one octet and four unused bits, three carry two octets and two.
    let unused = bits & (digits == 2 ? 0xF : 0x3)
    guard digits == 0 || unused == 0 else {
      throw SASLError(.badBase64, "base64 whose unused last bits are not zero")
    }
    if digits == 2 { octets.append(UInt8(truncatingIfNeeded: bits >> 4)) }
    if digits == 3 {
      octets += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
    }
    return octets
  }

  private static func refusal(of character: UInt8) -> String {
    character == pad
      ? "base64 with padding before its end"
      : "octet 0x\(String(character, radix: 16)) is no base64"
  }
}
