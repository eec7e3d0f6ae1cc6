// SPDX-License-Identifier: Apache-2.0
//
// From the line ends of files to those of SMTP.

/// Turns every LF without a CR before it into CRLF, in a text that comes in pieces.
///
/// A lone CR stays what it is: it ends no line, in files no more than on the wire.
package struct LineEndNormaliser: Sendable {
  private var isAfterCR = false

  package init() {}

  /// Appends the next piece with its line ends put right.
  package mutating func normalise(
    _ octets: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]
  ) {
    var copied = 0
    for index in octets.indices {
      let octet = octets[index]
      if octet == 0x0A, !isAfterCR {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: octets[copied..<index]))
        out.append(0x0D)
        copied = index
      }
      isAfterCR = octet == 0x0D
    }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: octets[copied...]))
  }

  /// A whole text with its line ends put right.
  package static func normalised(_ octets: [UInt8]) -> [UInt8] {
    var normaliser = LineEndNormaliser()
    var out: [UInt8] = []
    out.reserveCapacity(octets.count + octets.count / 32)
    octets.withUnsafeBufferPointer { normaliser.normalise($0, into: &out) }
    return out
  }
}
