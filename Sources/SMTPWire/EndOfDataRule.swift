// SPDX-License-Identifier: Apache-2.0
//
// What ends message content behind DATA: the legal sequence, and those that broken servers take for it.

/// Which octets end the content besides CRLF.CRLF (RFC 5321 section 4.1.1.4).
///
/// An honest server has `strict`; the others stand for servers through which mail can be smuggled.
package struct EndOfDataRule: OptionSet, Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `CR LF . CR LF` only.
  package static let strict: Self = []
  /// Besides, `LF . LF` (CVE-2023-51764, -51765, -51766).
  package static let acceptsLFDotLF = Self(rawValue: 1 << 0)
  /// Besides, `LF . CR LF` (CVE-2024-27938).
  package static let acceptsLFDotCRLF = Self(rawValue: 1 << 1)
  /// Besides, `LF . CR`.
  package static let acceptsLFDotCR = Self(rawValue: 1 << 2)
  /// Besides, `CR . CR`, as where every CR is made a CRLF.
  package static let acceptsCRDotCR = Self(rawValue: 1 << 3)
  /// Besides, `CR . LF`.
  package static let acceptsCRDotLF = Self(rawValue: 1 << 4)
  /// Besides, `CR . CR LF`.
  package static let acceptsCRDotCRLF = Self(rawValue: 1 << 5)
  /// Besides, `CR LF . LF`, also with the dot as first octet.
  package static let acceptsCRLFDotLF = Self(rawValue: 1 << 6)
  /// Besides, `CR LF . CR CR LF`, as where CRs are stripped.
  package static let acceptsCRCRLF = Self(rawValue: 1 << 7)
  /// Besides, `CR LF NUL . CR LF`, as where NULs are dropped.
  package static let acceptsNULDot = Self(rawValue: 1 << 8)
  /// Besides, `CR LF . NUL CR LF`.
  package static let acceptsDotNUL = Self(rawValue: 1 << 9)
  /// Besides, `CR NUL LF . CR LF`.
  package static let acceptsCRNULLF = Self(rawValue: 1 << 10)
  /// Besides, `CR LF SP . CR LF`, as where lines are trimmed.
  package static let acceptsSpaceDot = Self(rawValue: 1 << 11)
  /// Besides, `CR LF . SP CR LF`.
  package static let acceptsDotSpace = Self(rawValue: 1 << 12)
  /// Besides, `CR LF . . CR LF`, as where dots are taken out too early.
  package static let acceptsDoubleDot = Self(rawValue: 1 << 13)

  private static let legal = EndSequence(before: "\r\n", from: ".\r\n")

  private static let besides: [(rule: Self, sequence: EndSequence)] = [
    (.acceptsLFDotLF, EndSequence(before: "\n", from: ".\n")),
    (.acceptsLFDotCRLF, EndSequence(before: "\n", from: ".\r\n")),
    (.acceptsLFDotCR, EndSequence(before: "\n", from: ".\r")),
    (.acceptsCRDotCR, EndSequence(before: "\r", from: ".\r")),
    (.acceptsCRDotLF, EndSequence(before: "\r", from: ".\n")),
    (.acceptsCRDotCRLF, EndSequence(before: "\r", from: ".\r\n")),
    (.acceptsCRLFDotLF, EndSequence(before: "\r\n", from: ".\n")),
    (.acceptsCRCRLF, EndSequence(before: "\r\n", from: ".\r\r\n")),
    (.acceptsNULDot, EndSequence(before: "\r\n\0", from: ".\r\n")),
    (.acceptsDotNUL, EndSequence(before: "\r\n", from: ".\0\r\n")),
    (.acceptsCRNULLF, EndSequence(before: "\r\0\n", from: ".\r\n")),
    (.acceptsSpaceDot, EndSequence(before: "\r\n ", from: ".\r\n")),
    (.acceptsDotSpace, EndSequence(before: "\r\n", from: ". \r\n")),
    (.acceptsDoubleDot, EndSequence(before: "\r\n", from: "..\r\n")),
  ]

  /// The sequences that end the content, the legal one first.
  var sequences: [EndSequence] {
    isEmpty
      ? Self.strictSequences
      : [Self.legal] + Self.besides.filter { contains($0.rule) }.map(\.sequence)
  }

  private static let strictSequences = [legal]
}

/// One sequence that ends the content.
struct EndSequence: Sendable {
  /// What stands before the dot; part of the content.
  ///
  /// A LF here alone is a bare one.
  let before: ShortOctets
  /// The dot and what follows; not content.
  let from: ShortOctets

  init(before: StaticString, from: StaticString) {
    self.before = ShortOctets(before)
    self.from = ShortOctets(from)
  }

  /// Whether the sequence may begin behind these octets.
  func follows(_ history: ShortOctets) -> Bool {
    guard history.ends(with: before) else { return false }
    let isLineFeed = before.count == 1 && before.last == 10
    return !isLineFeed || history.count < 2 || history[history.count - 2] != 13
  }
}

/// Up to eight octets, the last one in the lowest place.
struct ShortOctets: Sendable, Equatable {
  private(set) var value: UInt64 = 0
  private(set) var count = 0

  init() {}

  init(_ text: StaticString) {
    text.withUTF8Buffer { octets in
      for octet in octets { append(octet) }
    }
  }

  mutating func append(_ octet: UInt8) {
    value = value << 8 | UInt64(octet)
    count = min(count + 1, 8)
  }

  var last: UInt8 { UInt8(truncatingIfNeeded: value) }

  subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - index))) }

  /// Whether the last octets are those of another value.
  func ends(with other: ShortOctets) -> Bool {
    count >= other.count && value & other.mask == other.value
  }

  /// Whether another value begins with these octets.
  func begins(_ other: ShortOctets) -> Bool {
    count <= other.count && other.value >> (8 * (other.count - count)) == value
  }

  /// Ones where this value has octets.
  private var mask: UInt64 { count == 8 ? .max : (1 << (8 * count)) - 1 }
}
