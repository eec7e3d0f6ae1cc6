// SPDX-License-Identifier: Apache-2.0
//
// Enhanced status codes, `class.subject.detail` (RFC 3463 section 2).

/// An enhanced status code.
package struct EnhancedCode: Sendable, Hashable, CustomStringConvertible {
  /// 2, 4 or 5.
  package let statusClass: UInt8
  /// 0 to 999.
  package let subject: UInt16
  /// 0 to 999.
  package let detail: UInt16

  package init(_ statusClass: UInt8, _ subject: UInt16, _ detail: UInt16) {
    self.statusClass = statusClass
    self.subject = subject
    self.detail = detail
  }

  package var description: String { "\(statusClass).\(subject).\(detail)" }

  /// Reads a code that is the whole of the octets; nil where it is not one.
  package init?(parsing octets: some Collection<UInt8>) {
    guard let (code, rest) = Self.read(octets[...]), rest.isEmpty else { return nil }
    self = code
  }

  /// Reads a code at the front of a reply's text: a space or the end must follow it.
  package init?(leading octets: some Collection<UInt8>) {
    guard let (code, rest) = Self.read(octets[...]), rest.isEmpty || rest.first == 32 else {
      return nil
    }
    self = code
  }

  private static func read<Octets: Collection<UInt8>>(_ octets: Octets)
    -> (Self, Octets.SubSequence)?
  {
    guard let first = octets.first, first == 50 || first == 52 || first == 53 else { return nil }
    var rest = octets.dropFirst()
    guard rest.first == 46, let subject = number(&rest, behindDot: true),
      let detail = number(&rest, behindDot: true)
    else { return nil }
    return (Self(first - 48, subject, detail), rest)
  }

  /// One to three digits without a leading zero (RFC 2034 section 4 with RFC 3463 section 2).
  private static func number<Octets: Collection<UInt8>>(_ octets: inout Octets, behindDot: Bool)
    -> UInt16? where Octets.SubSequence == Octets
  {
    if behindDot {
      guard octets.first == 46 else { return nil }
      octets = octets.dropFirst()
    }
    var value: UInt16 = 0
    var digits = 0
    while let octet = octets.first, octet >= 48, octet <= 57 {
      digits += 1
      guard digits <= 3, !(digits == 2 && value == 0) else { return nil }
      value = value * 10 + UInt16(octet - 48)
      octets = octets.dropFirst()
    }
    return digits > 0 ? value : nil
  }
}
