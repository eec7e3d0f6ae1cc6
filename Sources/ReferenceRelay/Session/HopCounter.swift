// SPDX-License-Identifier: Apache-2.0
//
// Counts the trace fields in a header section as it passes by, to notice loops (RFC 5321 6.3).

import Glibc

/// Counts lines that begin with `Received:`, up to the first empty line.
struct HopCounter {
  private(set) var count = 0
  private var isInHeader = true
  /// Octets of the name that the current line has matched; nil: the line is another field.
  private var matched: Int? = 0
  private var isLineEmpty = true

  private static let name = Array("received:".utf8)

  mutating func read(_ octets: UnsafeRawBufferPointer) {
    guard isInHeader else { return }
    var place = 0
    while place < octets.count {
      let octet = octets[place]
      if octet == UInt8(ascii: "\n") {
        if isLineEmpty {
          isInHeader = false
          return
        }
        (matched, isLineEmpty) = (0, true)
      } else if octet != UInt8(ascii: "\r") || !isLineEmpty {
        isLineEmpty = false
        guard matched != nil else {
          place = Self.lineEnd(in: octets, from: place)
          continue
        }
        match(octet)
      }
      place += 1
    }
  }

  private mutating func match(_ octet: UInt8) {
    guard let count = matched else { return }
    // The letters of the name differ from capitals by this bit; the colon has it too.
    guard octet | 0x20 == Self.name[count] else {
      matched = nil
      return
    }
    matched = count + 1
    if count + 1 == Self.name.count {
      self.count += 1
      matched = nil
    }
  }

  /// The place of the next LF, or the end.
  private static func lineEnd(in octets: UnsafeRawBufferPointer, from place: Int) -> Int {
    guard let base = octets.baseAddress,
      let found = memchr(base + place, 10, octets.count - place)
    else { return octets.count }
    return UnsafeRawPointer(found) - base
  }
}
