// SPDX-License-Identifier: Apache-2.0
//
// Classes of octets, and the fast way over octets that need no look.

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

  static func isAtomText(_ octet: UInt8) -> Bool {
    switch octet {
    // ! # $ % & ' * + - / = ? ^ _ ` { | } ~
    case 33, 35...39, 42, 43, 45, 47, 61, 63, 94...96, 123...126: true
    default: isLetterOrDigit(octet)
    }
  }

  /// Printable ASCII and the space.
  static func isPrintable(_ octet: UInt8) -> Bool { octet >= 32 && octet <= 126 }

  /// A letter in upper case, any other octet as it is.
  static func upper(_ octet: UInt8) -> UInt8 {
    octet >= 97 && octet <= 122 ? octet - 32 : octet
  }
}

/// Searches octets by eights.
enum OctetScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let spaces: UInt64 = 0x2020_2020_2020_2020

  /// The first octet from an index on that is not printable ASCII, or the number of octets.
  static func endOfPrintable(_ octets: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index &+ 8 <= octets.count {
      let eight = octets.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      // A high bit is set where an octet is below 32 (the subtraction borrows), is 127 (the addition
      // carries into it) or has it already. A borrow or carry from an octet to the next can only
      // follow such an octet, so it never makes all eight look printable.
      let odd = ((eight &- spaces) | (eight &+ ones) | eight) & highBits
      if odd != 0 { break }
      index &+= 8
    }
    while index < octets.count, OctetClass.isPrintable(octets[index]) { index &+= 1 }
    return index
  }
}
