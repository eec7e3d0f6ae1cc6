// SPDX-License-Identifier: Apache-2.0
//
// SASLprep, as far as it goes here.

import SASLExchange
import Testing

@Suite struct SASLPreparationTests {
  @Test(
    "Strings come out as RFC 4013 wants them",
    arguments: [
      // RFC 4013, section 3, without the two examples that normalization would change.
      ("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"),
      (" ", " "), ("a b~", "a b~"),
      ("a\u{A0}b\u{1680}c\u{2003}d\u{3000}e", "a b c d e"),
      ("a\u{200B}b", "a b"),
      ("\u{34F}\u{1806}\u{180B}\u{200C}\u{200D}\u{2060}\u{FE0F}\u{FEFF}x", "x"),
      ("jörg", "jörg"), ("パスワード", "パスワード"), ("😀", "😀"),
    ])
  func prepared(string: String, expected: String) throws {
    let prepared = try SASLPreparation.prepare(string, as: "name")
    #expect(Array(prepared.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("Text that normalization form KC would change stays as it is, which is documented")
  func notNormalized() throws {
    for string in ["½", "\u{2168}", "e\u{301}"] {
      let prepared = try SASLPreparation.prepare(string, as: "name")
      #expect(Array(prepared.utf8) == Array(string.utf8))
    }
  }

  @Test(
    "Prohibited characters are refused and named",
    arguments: [
      0x00, 0x07, 0x0A, 0x1F, 0x7F, 0x80, 0x9F, 0x6DD, 0x70F, 0x180E, 0x2028, 0x2029, 0x2061,
      0x206A,
      0xFFF9, 0xFFFD, 0x1D173, 0xE000, 0xF8FF, 0xF0000, 0x10FFFD, 0xFDD0, 0xFFFE, 0x1FFFF, 0x2FF0,
      0x340, 0x341, 0x200E, 0x202E, 0xE0001, 0xE0061,
    ] as [UInt32])
  func prohibited(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let error = #expect(throws: SASLError.self) {
      try SASLPreparation.prepare("a\(Character(scalar))b", as: "password")
    }
    #expect(error?.code == .unusableCredential)
    let number = String(value, radix: 16, uppercase: true)
    #expect(error?.message == "SASLprep forbids U+\(number) in the password")
  }

  @Test(
    "What is empty, or empty after mapping, is refused",
    arguments: ["", "\u{AD}", "\u{200D}\u{FEFF}"])
  func empty(string: String) {
    let error = #expect(throws: SASLError.self) {
      try SASLPreparation.prepare(string, as: "user name")
    }
    #expect(error?.code == .unusableCredential)
  }
}
