// SPDX-License-Identifier: Apache-2.0
//
// The text of generated bodies: made once, then only looked at through windows. A body of any size
// is the beginning of this block, repeated as often as needed, and a few octets to end it.

/// Lines of one shape, shared by all messages and sessions of a factory.
struct BodyBlock: Sendable {
  /// Whole lines; the block repeats without a seam.
  let octets: [UInt8]
  /// The same after dot-stuffing; the same storage where no line begins with a dot.
  let stuffed: [UInt8]
  /// Where the lines begin that a dot begins, ascending.
  private let dottedLines: [Int]
  private let shape: LineShape

  /// Larger bodies repeat the block: large enough that a repetition is one long copy, small enough
  /// to stay in a processor's cache.
  static let largestSize = 64 << 10

  /// Makes a block for bodies of up to `largestBody` octets.
  init(shape: LineShape, eightBit: Bool, largestBody: Int, seed: UInt64) {
    self.shape = shape
    var lines = LineMaker(shape: shape, eightBit: eightBit, seed: seed)
    var octets: [UInt8] = []
    var dottedLines: [Int] = []
    while octets.count < min(largestBody, Self.largestSize) {
      if shape == .dots { dottedLines.append(octets.count) }
      lines.appendLine(to: &octets, atMost: largestBody)
    }
    var stuffed: [UInt8] = []
    if dottedLines.isEmpty {
      stuffed = octets
    } else {
      var stuffer = DotStuffer()
      stuffer.stuff(octets, into: &stuffed)
    }
    self.octets = octets
    self.stuffed = stuffed
    self.dottedLines = dottedLines
  }

  /// A body: so many octets of the repeated block, then the octets that end its last line.
  struct Window: Sendable, Equatable {
    /// From the plain block.
    var length: Int
    /// From the stuffed block, for the same text.
    var stuffedLength: Int
    var tail: [UInt8]
  }

  /// The body of exactly so many octets, which ends in CRLF.
  ///
  /// One octet has no room for a CRLF: that body is one letter and no line.
  func window(size: Int) -> Window {
    guard size > 1 else { return window(0, tail: size == 0 ? "" : "x") }
    let end = size - 2
    guard end > 0, !octets.isEmpty else { return window(0, tail: "\r\n") }
    if octet(at: end) == 0x0A, octet(at: end - 1) == 0x0D {
      // The cut would fall between CR and LF. Empty lines cannot give way; text can be shorter.
      return shape == .crlfOnly
        ? window(end - 1, tail: "x\r\n") : window(end - 2, tail: "\r\n\r\n")
    }
    if octet(at: end) & 0b1100_0000 == 0b1000_0000 {
      return window(end - 1, tail: "x\r\n")
    }
    return window(end, tail: "\r\n")
  }

  private func window(_ length: Int, tail: String) -> Window {
    guard !octets.isEmpty else {
      return Window(length: 0, stuffedLength: 0, tail: Array(tail.utf8))
    }
    let whole = length / octets.count * stuffed.count
    let rest = length % octets.count
    return Window(
      length: length, stuffedLength: whole + rest + dottedLinesBegun(before: rest),
      tail: Array(tail.utf8))
  }

  private func octet(at index: Int) -> UInt8 { octets[index % octets.count] }

  /// How many dotted lines have their first octet before the offset.
  private func dottedLinesBegun(before offset: Int) -> Int {
    var low = 0
    var high = dottedLines.count
    while low < high {
      let middle = (low + high) / 2
      if dottedLines[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Writes seeded lines of a shape.
private struct LineMaker {
  private let shape: LineShape
  private let eightBit: Bool
  private var random: SeededRandom
  private var dots = 0

  init(shape: LineShape, eightBit: Bool, seed: UInt64) {
    self.shape = shape
    self.eightBit = eightBit
    random = SeededRandom(seed: seed)
  }

  mutating func appendLine(to octets: inout [UInt8], atMost limit: Int) {
    switch shape {
    case .crlfOnly: break
    case .text(let length): appendText(min(length, limit), to: &octets)
    case .dots:
      // The lone dot, the stuffed dot and the ellipsis first; then text behind one to three dots.
      let isBare = dots < 3
      octets.append(contentsOf: repeatElement(0x2E, count: dots % 3 + 1))
      if !isBare { appendText(Int.random(in: 1...70, using: &random), to: &octets) }
      dots += 1
    }
    octets += [0x0D, 0x0A]
  }

  /// Words of lower-case letters, so many octets in all and no space at either end.
  private mutating func appendText(_ count: Int, to octets: inout [UInt8]) {
    let end = octets.count + count
    // Every line of an 8-bit body has octets above 127, so that even a short body does. They end no
    // line, where a window may cut the last octet off.
    var wantsEightBit = eightBit
    var word = 0
    while octets.count < end {
      let bits = random.next()
      let left = end - octets.count
      if wantsEightBit, left > 2 {
        // U+00E0 to U+00FE: letters of Latin-1, and the division sign once in a while.
        octets += [0xC3, 0xA0 + UInt8(bits % 31)]
        wantsEightBit = false
        word += 1
      } else if word > 1 + Int((bits >> 32) % 9), left > 1 {
        octets.append(0x20)
        wantsEightBit = eightBit
        word = 0
      } else {
        octets.append(UInt8(ascii: "a") + UInt8(bits % 26))
        word += 1
      }
    }
  }
}
