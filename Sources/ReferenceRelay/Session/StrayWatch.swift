// SPDX-License-Identifier: Apache-2.0
//
// Finds CR and LF that are not a pair, and NUL, in content that came in chunks; the reader of DATA
// does the same on its way.

import Glibc

/// Watches content for octets that its line structure does not allow (RFC 5321 section 2.3.8).
struct StrayWatch {
  private var endedWithCR = false

  mutating func read(_ octets: UnsafeRawBufferPointer, into strays: inout StrayOctets) {
    guard let base = octets.baseAddress, octets.count > 0 else { return }
    if memchr(base, 0, octets.count) != nil { strays.insert(.nul) }
    var place = 0
    while let found = memchr(base + place, 10, octets.count - place) {
      let index = UnsafeRawPointer(found) - base
      let before = index == 0 ? (endedWithCR ? 13 : 0) : octets[index - 1]
      if before != 13 { strays.insert(.bareLF) }
      place = index + 1
    }
    if endedWithCR, octets[0] != 10 { strays.insert(.bareCR) }
    place = 0
    while let found = memchr(base + place, 13, octets.count - place) {
      let index = UnsafeRawPointer(found) - base
      if index + 1 < octets.count, octets[index + 1] != 10 { strays.insert(.bareCR) }
      place = index + 1
    }
    endedWithCR = octets[octets.count - 1] == 13
  }

  mutating func finish(into strays: inout StrayOctets) {
    if endedWithCR { strays.insert(.bareCR) }
    endedWithCR = false
  }
}
