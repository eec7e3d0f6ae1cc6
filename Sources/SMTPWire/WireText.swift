// SPDX-License-Identifier: Apache-2.0
//
// Octets made visible: the one way in which reports, transcripts and errors show what was on the wire.

/// Rendering of octets for people.
package enum WireText {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Printable ASCII as it is; a backslash as `\\`; CR, LF and TAB as `\r`, `\n`, `\t`; every other
  /// octet as `\xNN`.
  package static func escaped(_ octets: some Sequence<UInt8>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(octets.underestimatedCount)
    for octet in octets {
      switch octet {
      case 92: append(92, to: &out)
      case 13: append(114, to: &out)
      case 10: append(110, to: &out)
      case 9: append(116, to: &out)
      case 32..<127: out.append(octet)
      default:
        append(120, to: &out)
        out.append(digits[Int(octet >> 4)])
        out.append(digits[Int(octet & 15)])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func append(_ letter: UInt8, to out: inout [UInt8]) {
    out.append(92)
    out.append(letter)
  }
}
