// SPDX-License-Identifier: Apache-2.0
//
// Transparency of DATA on the sending side (RFC 5321, section 4.5.2). The receiving side is
// written apart, in SMTPWire, so that a fault here cannot hide a fault there.

import Glibc

/// Doubles the dot at every line start of a text that comes in pieces of any size.
///
/// Lines end in CRLF and in nothing else. The text begins at a line start, so a dot that is its very
/// first octet is doubled.
///
///     state       octet   next        a dot here
///     lineStart   CR      afterCR     is doubled, next inLine
///     lineStart   other   inLine
///     inLine      CR      afterCR     stays
///     afterCR     LF      lineStart   stays, next inLine
///     afterCR     CR      afterCR
package struct DotStuffer: Sendable {
  private enum State { case lineStart, inLine, afterCR }

  private var state = State.lineStart

  package init() {}

  /// Whether the next octet would begin a line; so it is before the first octet.
  package var isAtLineStart: Bool { state == .lineStart }

  /// Appends the next piece, stuffed.
  package mutating func stuff(_ octets: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
    guard let base = octets.baseAddress, let last = octets.last else { return }
    var copied = 0
    var next = 0
    while next < octets.count, let found = memchr(base + next, 0x2E, octets.count - next) {
      let dot = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      next = dot + 1
      guard beginsLine(dot, in: octets) else { continue }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: octets[copied...dot]))
      copied = dot
    }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: octets[copied...]))
    switch last {
    case 0x0D: state = .afterCR
    case 0x0A: state = beginsLine(octets.count, in: octets) ? .lineStart : .inLine
    default: state = .inLine
    }
  }

  /// Appends the next piece, stuffed.
  package mutating func stuff(_ octets: [UInt8], into out: inout [UInt8]) {
    octets.withUnsafeBufferPointer { stuff($0, into: &out) }
  }

  /// Completes a last line that has no end, appends the lone dot, and begins anew.
  ///
  /// A text without octets has no line to complete: its end is the dot alone.
  package mutating func finish(into out: inout [UInt8]) {
    if !isAtLineStart { out += [0x0D, 0x0A] }
    out += [0x2E, 0x0D, 0x0A]
    state = .lineStart
  }

  /// Whether a line begins at the index, which may lie behind the last octet.
  private func beginsLine(_ index: Int, in octets: UnsafeBufferPointer<UInt8>) -> Bool {
    switch index {
    case 0: state == .lineStart
    case 1: state == .afterCR && octets[0] == 0x0A
    default: octets[index - 2] == 0x0D && octets[index - 1] == 0x0A
    }
  }
}
