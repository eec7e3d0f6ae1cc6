// SPDX-License-Identifier: Apache-2.0
//
// What can be odd about a reply without making it unreadable. An observation is a fact; whether it is a
// fault is for others to judge.

/// Facts about the form of a reply.
package struct ReplyObservations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The lines do not all carry the same code (RFC 5321 section 4.2.1).
  package static let mixedCodes = Self(rawValue: 1 << 0)
  /// A line is nothing but its code; a server SHOULD send the space (RFC 5321 section 4.2).
  package static let codeOnlyLine = Self(rawValue: 1 << 1)
  /// A LF without a CR before it.
  package static let bareLF = Self(rawValue: 1 << 2)
  /// A CR without a LF behind it.
  package static let bareCR = Self(rawValue: 1 << 3)
  package static let nul = Self(rawValue: 1 << 4)
  /// An octet above 127.
  package static let eightBit = Self(rawValue: 1 << 5)
  /// A line of more than 512 octets with its CRLF (RFC 5321 section 4.5.3.1.5).
  package static let longLine = Self(rawValue: 1 << 6)
  /// A line that does not begin with three digits.
  package static let malformedLine = Self(rawValue: 1 << 7)
  /// A code whose first digit is not 2 to 5 (RFC 5321 section 4.2).
  package static let invalidCode = Self(rawValue: 1 << 8)
  /// Something other than a space, a hyphen or the line's end behind the code.
  package static let badSeparator = Self(rawValue: 1 << 9)
  /// A control octet other than TAB in the text (RFC 5321 section 4.2).
  package static let controlOctet = Self(rawValue: 1 << 10)

  private static let names: [(Self, String)] = [
    (.mixedCodes, "different codes on the lines of one reply"),
    (.codeOnlyLine, "a line with nothing behind its code"),
    (.bareLF, "a LF without CR"),
    (.bareCR, "a CR without LF"),
    (.nul, "a NUL octet"),
    (.eightBit, "octets above 127"),
    (.longLine, "a line of more than 512 octets"),
    (.malformedLine, "a line without a three-digit code"),
    (.invalidCode, "a code that does not begin with 2 to 5"),
    (.badSeparator, "neither space nor hyphen behind the code"),
    (.controlOctet, "a control octet in the text"),
  ]

  /// One phrase for each observation, in a fixed order.
  package var descriptions: [String] {
    Self.names.filter { contains($0.0) }.map(\.1)
  }
}
