// SPDX-License-Identifier: Apache-2.0
//
// The server's reader of message content: the one true end, the false ones, stuffed dots, and every
// cut.

import SMTPWire
import Testing

@Suite("Message content behind DATA")
struct DataReaderTests {
  private struct Content: Equatable {
    var octets: [UInt8] = []
    var isAtEnd = false
    var rest: [UInt8] = []
    var observations: ContentObservations = []
  }

  private func everywhere(_ text: [UInt8], rule: EndOfDataRule = .strict) -> Content {
    Cuts.same(text) { pieces in
      var reader = DataReader(rule: rule)
      var content = Content()
      for piece in pieces {
        let used = Array(piece).withUnsafeBytes { octets in
          reader.read(octets) { content.octets += $0 }
        }
        content.rest += piece.dropFirst(used)
      }
      content.isAtEnd = reader.isAtEnd
      content.observations = reader.observations
      #expect(reader.size == content.octets.count)
      return content
    }
  }

  struct Fixture: Sendable, CustomTestStringConvertible {
    var input: String
    var output: String
    var ends = true
    var rest = ""
    var observations: ContentObservations = []
    var rule: EndOfDataRule = .strict
    var testDescription: String { WireText.escaped(input.utf8) + " rule \(rule.rawValue)" }
  }

  static let honest: [Fixture] = [
    Fixture(input: ".\r\n", output: ""),
    Fixture(input: "a\r\n.\r\n", output: "a\r\n"),
    Fixture(input: "a\r\n.\r\nQUIT\r\n", output: "a\r\n", rest: "QUIT\r\n"),
    Fixture(input: "a\r\n.\r\n.\r\n", output: "a\r\n", rest: ".\r\n"),
    Fixture(input: "\r\n\r\n.\r\n", output: "\r\n\r\n"),
    Fixture(input: "..\r\n.\r\n", output: ".\r\n"),
    Fixture(input: ".x\r\n.\r\n", output: "x\r\n"),
    Fixture(input: "a\r\n..b\r\n...\r\n.\r\n", output: "a\r\n.b\r\n..\r\n"),
    Fixture(input: "a\r\n.b\r\n.\r\n", output: "a\r\nb\r\n"),
    Fixture(input: "a..b.\r\n.\r\n", output: "a..b.\r\n"),
    Fixture(input: "a.\r\n", output: "a.\r\n", ends: false),
    Fixture(input: "a\r\n.", output: "a\r\n", ends: false),
    Fixture(input: "a\r\n.\r", output: "a\r\n", ends: false),
    Fixture(input: "a\r\r\n.\r\n", output: "a\r\r\n", observations: .bareCR),
  ]

  @Test("Content ends at CRLF.CRLF and stuffed dots go", arguments: honest)
  func honestContent(fixture: Fixture) {
    check(fixture)
  }

  /// Sequences of the smuggling class: an honest reader sees content in them.
  static let inert: [Fixture] = [
    Fixture(input: "a\n.\nb", output: "a\n.\nb", ends: false, observations: .bareLF),
    Fixture(input: "a\n.\r\nb", output: "a\n.\r\nb", ends: false, observations: .bareLF),
    Fixture(input: "a\n.\rb", output: "a\n.\rb", ends: false, observations: [.bareLF, .bareCR]),
    Fixture(input: "a\r.\rb", output: "a\r.\rb", ends: false, observations: .bareCR),
    Fixture(input: "a\r.\nb", output: "a\r.\nb", ends: false, observations: [.bareLF, .bareCR]),
    Fixture(input: "a\r.\r\nb", output: "a\r.\r\nb", ends: false, observations: .bareCR),
    Fixture(input: "a\r\n.\nb", output: "a\r\n\nb", ends: false, observations: .bareLF),
    Fixture(input: "a\r\n.\rb", output: "a\r\n\rb", ends: false, observations: .bareCR),
    Fixture(input: "a\r\n.\r\r\nb", output: "a\r\n\r\r\nb", ends: false, observations: .bareCR),
    Fixture(input: "a\r\n\0.\r\nb", output: "a\r\n\0.\r\nb", ends: false, observations: .nul),
    Fixture(input: "a\r\n.\0\r\nb", output: "a\r\n\0\r\nb", ends: false, observations: .nul),
    Fixture(
      input: "a\r\0\n.\r\nb", output: "a\r\0\n.\r\nb", ends: false,
      observations: [.nul, .bareCR, .bareLF]),
    Fixture(input: "a\r\n .\r\nb", output: "a\r\n .\r\nb", ends: false),
    Fixture(input: "a\r\n. \r\nb", output: "a\r\n \r\nb", ends: false),
    Fixture(input: "a\r\n..\r\nb", output: "a\r\n.\r\nb", ends: false),
    Fixture(
      input: "a\u{85}.\u{85}\u{2028}.\u{2028}\u{B}.\u{C}.\r\n",
      output: "a\u{85}.\u{85}\u{2028}.\u{2028}\u{B}.\u{C}.\r\n", ends: false,
      observations: .eightBit),
    Fixture(input: ".\nb", output: "\nb", ends: false, observations: .bareLF),
  ]

  @Test("Nothing else ends the content of an honest server", arguments: inert)
  func inertSequences(fixture: Fixture) {
    check(fixture)
  }

  /// The same sequences for servers that take them for the end.
  static let broken: [(EndOfDataRule, String, String)] = [
    (.acceptsLFDotLF, "\n", ".\n"), (.acceptsLFDotCRLF, "\n", ".\r\n"),
    (.acceptsLFDotCR, "\n", ".\r"), (.acceptsCRDotCR, "\r", ".\r"), (.acceptsCRDotLF, "\r", ".\n"),
    (.acceptsCRDotCRLF, "\r", ".\r\n"), (.acceptsCRLFDotLF, "\r\n", ".\n"),
    (.acceptsCRCRLF, "\r\n", ".\r\r\n"), (.acceptsNULDot, "\r\n\0", ".\r\n"),
    (.acceptsDotNUL, "\r\n", ".\0\r\n"), (.acceptsCRNULLF, "\r\0\n", ".\r\n"),
    (.acceptsSpaceDot, "\r\n ", ".\r\n"), (.acceptsDotSpace, "\r\n", ". \r\n"),
    (.acceptsDoubleDot, "\r\n", "..\r\n"),
  ]

  @Test(
    "A broken server ends at its sequence and at the legal one, at no other",
    arguments: broken.indices)
  func brokenSequences(index: Int) {
    let (rule, before, from) = Self.broken[index]
    let ended = everywhere(octets("a\(before)\(from)QUIT\r\n"), rule: rule)
    #expect(ended.isAtEnd)
    #expect(ended.octets == octets("a\(before)"))
    #expect(ended.rest == octets("QUIT\r\n"))
    // The same form one octet short is content, and the legal end still works.
    let short = everywhere(octets("a\(before).b\r\n..c\r\n.\r\nQUIT\r\n"), rule: rule)
    #expect(short.isAtEnd)
    #expect(short.rest == octets("QUIT\r\n"))
    #expect(short.octets == octets("a\(before)\(before == "\r\n" ? "" : ".")b\r\n.c\r\n"))
    for (other, otherBefore, otherFrom) in Self.broken where other != rule {
      let other = "a\(otherBefore)\(otherFrom)b"
      // Some sequences hold others: CR NUL LF a bare LF, `LF . CR LF` the shorter `LF . CR`.
      let holds =
        WireText.escaped(octets(other)).contains(WireText.escaped(octets(before + from)))
        && !(before == "\n" && otherBefore == "\r\n")
      #expect(
        everywhere(octets(other), rule: rule).isAtEnd == holds, "\(WireText.escaped(octets(other)))"
      )
    }
  }

  @Test("A server may be broken in several ways")
  func severalRules() {
    let rule: EndOfDataRule = [.acceptsLFDotLF, .acceptsLFDotCRLF, .acceptsCRLFDotLF]
    for text in ["a\n.\n", "a\n.\r\n", "a\r\n.\n", "a\r\n.\r\n", ".\n"] {
      #expect(everywhere(octets(text), rule: rule).isAtEnd, "\(WireText.escaped(text.utf8))")
    }
    #expect(!everywhere(octets("a\n.b\n.\rc"), rule: rule).isAtEnd)
  }

  @Test("Odd octets and long lines are noted, a stuffed dot not counted")
  func observations() {
    #expect(everywhere([0, 200, 13, 10]).observations == [.nul, .eightBit])
    let line = [UInt8](repeating: 97, count: 998)
    #expect(everywhere(line + [13, 10]).observations == [])
    #expect(everywhere(line + [97, 13, 10]).observations == .longLine)
    #expect(everywhere([46, 46] + line.dropFirst() + [13, 10]).observations == [])
    #expect(everywhere([46, 46] + line + [13, 10]).observations == .longLine)
  }

  @Test("Random content ends and reads as a plain search says", arguments: 0..<UInt64(120))
  func random(seed: UInt64) {
    var random = SplitMix(state: seed)
    let alphabet = octets("...\r\n\r\n\r\n\na\0 ")
    let text = (0..<100).map { _ in alphabet.randomElement(using: &random) ?? 0 }
    let content = everywhere(text)
    let expected = Self.searched(text)
    #expect(content.octets == expected.octets, "seed \(seed): \(WireText.escaped(text))")
    #expect(content.isAtEnd == expected.isAtEnd, "seed \(seed): \(WireText.escaped(text))")
    #expect(content.rest == expected.rest, "seed \(seed): \(WireText.escaped(text))")
    let broken = EndOfDataRule(rawValue: UInt32.random(in: 0..<1 << 14, using: &random))
    let loose = everywhere(text, rule: broken)
    #expect(!content.isAtEnd || loose.isAtEnd)
    #expect(loose.rest.count >= content.rest.count)
  }

  private func check(_ fixture: Fixture) {
    let content = everywhere(octets(fixture.input), rule: fixture.rule)
    #expect(content.octets == octets(fixture.output))
    #expect(content.isAtEnd == fixture.ends)
    #expect(content.rest == octets(fixture.rest))
    #expect(content.observations == fixture.observations)
  }

  /// The rule written down another way: search for the end in the whole text, then take out dots.
  private static func searched(_ text: [UInt8]) -> Content {
    let framed = [13, 10] + text
    let end = (0..<max(0, framed.count - 4)).first {
      framed[$0..<($0 + 5)].elementsEqual([13, 10, 46, 13, 10])
    }
    var content = Content()
    content.isAtEnd = end != nil
    content.rest = end.map { Array(framed[($0 + 5)...]) } ?? []
    // Octets that may yet be the end are not handed on.
    var stop = end.map { $0 + 2 } ?? framed.count
    if end == nil {
      for tail in [[13, 10, 46], [13, 10, 46, 13]] as [[UInt8]]
      where framed.suffix(tail.count) == tail[...] {
        stop = framed.count - tail.count + 2
      }
    }
    for index in 2..<max(2, stop)
    where !(framed[index] == 46 && framed[index - 1] == 10 && framed[index - 2] == 13) {
      content.octets.append(framed[index])
    }
    return content
  }
}
