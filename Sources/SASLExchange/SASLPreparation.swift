// SPDX-License-Identifier: Apache-2.0
//
// SASLprep: names and passwords in the form in which they are compared and hashed.

/// The SASLprep profile for query strings (RFC 4013), as far as the standard library reaches.
///
/// Done: mapping (section 2.1) and prohibited output (section 2.3). Not done: normalization form
/// KC (section 2.2) and the bidirectional check (section 2.4), for which there are no tables here.
/// So precomposed text without compatibility characters comes out as SASLprep wants it, `½` does
/// not; its UTF-8 is used as it stands, as servers without SASLprep use it.
package enum SASLPreparation {
  /// The prepared string.
  ///
  /// - Throws: `.unusableCredential` if the string holds a prohibited character or nothing is left
  ///   of it, `purpose` in the message.
  package static func prepare(
    _ string: String, as purpose: String
  ) throws(SASLError) -> String {
    // Printable ASCII is its own prepared form, and nearly everything is printable ASCII.
    if !string.isEmpty && string.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return string }
    var prepared = String.UnicodeScalarView()
    for scalar in string.unicodeScalars {
      if isSpace(scalar) {
        prepared.append(" ")
      } else if isMappedToNothing(scalar) {
        continue
      } else if isProhibited(scalar) {
        let number = String(scalar.value, radix: 16, uppercase: true)
        throw SASLError(.unusableCredential, "SASLprep forbids U+\(number) in the \(purpose)")
      } else {
        prepared.append(scalar)
      }
    }
    guard !prepared.isEmpty else {
      throw SASLError(.unusableCredential, "the \(purpose) is empty after SASLprep")
    }
    return String(prepared)
  }

  /// Table C.1.2 of RFC 3454: spaces outside ASCII.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00A0, 0x1680, 0x2000...0x200B, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Table B.1 of RFC 3454; U+200B stands in C.1.2 too, which RFC 4013 names first.
  private static func isMappedToNothing(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00AD, 0x034F, 0x1806, 0x180B...0x180D, 0x200C, 0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF:
      true
    default: false
    }
  }

  /// Tables C.2 to C.9 of RFC 3454; a Swift string has no surrogates (C.5).
  private static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isNoncharacterCodePoint { return true }  // C.4
    switch properties.generalCategory {
    case .control, .privateUse: return true  // C.2.1, most of C.2.2, C.3
    default: break
    }
    switch scalar.value {
    case 0x06DD, 0x070F, 0x180E, 0x2028, 0x2029, 0x2061...0x2063, 0x206A...0x206F,
      0xFFF9...0xFFFD, 0x1D173...0x1D17A:  // C.2.2 and C.6
      return true
    case 0x2FF0...0x2FFB: return true  // C.7
    case 0x0340, 0x0341, 0x200E, 0x200F, 0x202A...0x202E: return true  // C.8
    case 0xE0001, 0xE0020...0xE007F: return true  // C.9
    default: return false
    }
  }
}
