// SPDX-License-Identifier: Apache-2.0
//
// Dot-stuffing gives the same octets however the text is cut.

import MailContent
import Testing

@Suite struct DotStufferTests {
  /// Plain text, and what DATA sends for it.
  static let cases: [(plain: String, sent: String)] = [
    ("", ".\r\n"),
    ("\r\n", "\r\n.\r\n"),
    ("a", "a\r\n.\r\n"),
    ("a\r\n", "a\r\n.\r\n"),
    // F055: the very first octet.
    (".", "..\r\n.\r\n"),
    (".x at very start\r\n", "..x at very start\r\n.\r\n"),
    // F056: a lone dot.
    ("hello\r\n.\r\nhello\r\n", "hello\r\n..\r\nhello\r\n.\r\n"),
    ("..\r\n...\r\n", "...\r\n....\r\n.\r\n"),
    ("a.\r\n.b.c\r\n", "a.\r\n..b.c\r\n.\r\n"),
    ("\r\n.\r\n.", "\r\n..\r\n..\r\n.\r\n"),
    // Only CRLF begins a line.
    ("a\n.b\r.c\r\n", "a\n.b\r.c\r\n.\r\n"),
    ("\n.\r\n", "\n.\r\n.\r\n"),
    ("a\r\r\n.b", "a\r\r\n..b\r\n.\r\n"),
    ("a\r", "a\r\r\n.\r\n"),
    ("a\n", "a\n\r\n.\r\n"),
  ]

  @Test("Each dot at a line start is doubled, and no other", arguments: cases)
  func whole(plain: String, sent: String) {
    #expect(text(stuffed([Array(plain.utf8)])) == sent)
  }

  @Test("Octet by octet the result is the same", arguments: cases)
  func everyOctet(plain: String, sent: String) {
    #expect(text(stuffed(plain.utf8.map { [$0] })) == sent)
  }

  @Test("Cut in two anywhere the result is the same", arguments: cases)
  func everyCut(plain: String, sent: String) {
    let octets = Array(plain.utf8)
    for cut in 0...octets.count {
      #expect(text(stuffed([Array(octets[..<cut]), Array(octets[cut...])])) == sent)
    }
  }

  @Test("Seeded texts, cut at random, are stuffed as the RFC words it", arguments: 1...40)
  func randomCuts(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let alphabet: [UInt8] = [0x0D, 0x0A, 0x2E, 0x61]
    var plain = (0..<2_000).map { _ in alphabet[Int.random(in: 0..<4, using: &random)] }
    for index in stride(from: 0, to: 1_998, by: 7) { plain[index...index + 1] = [0x0D, 0x0A] }
    var pieces: [[UInt8]] = []
    var rest = plain[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...9, using: &random))
      pieces.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    #expect(stuffed(pieces) == stuffedByTheBook(plain), "seed \(seed)")
  }

  @Test("F053: the edge of a buffer is no line start")
  func bufferEdge() {
    let line = [UInt8](repeating: 0x61, count: 4096)
    #expect(stuffed([line, Array(".bbbb\r\n".utf8)]) == line + Array(".bbbb\r\n.\r\n".utf8))
  }

  @Test("After the end a stuffer begins anew, at a line start")
  func reuse() {
    var stuffer = DotStuffer()
    var out: [UInt8] = []
    for _ in 1...2 {
      stuffer.stuff(Array(".a".utf8), into: &out)
      stuffer.finish(into: &out)
    }
    #expect(text(out) == "..a\r\n.\r\n..a\r\n.\r\n")
  }

  private func stuffed(_ pieces: [[UInt8]]) -> [UInt8] {
    var stuffer = DotStuffer()
    var out: [UInt8] = []
    for piece in pieces { stuffer.stuff(piece, into: &out) }
    stuffer.finish(into: &out)
    return out
  }
}
