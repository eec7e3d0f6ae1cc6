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
    for octet in octets {
      switch octet {
      case 92: out += [92, 92]
      case 32..<127: out.append(octet)
      case 13: out += [92, 114]
      case 10: out += [92, 110]
      case 9: out += [92, 116]
      default: out += [92, 120, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
