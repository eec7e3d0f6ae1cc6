// SPDX-License-Identifier: Apache-2.0
//
// Enhanced status codes, the parts of reply lines, and the one way to show octets.

import SMTPWire
import Testing

@Suite("Codes and texts")
struct TextTests {
  @Test(
    "Enhanced codes have a class of 2, 4 or 5 and numbers without leading zeros",
    arguments: [
      ("5.1.1", true), ("2.0.0", true), ("4.123.456", true), ("5.7.509", true), ("3.1.1", false),
      ("5.01.1", false), ("5.00.1", false), ("5.1", false), ("5.1.1234", false), ("5.1.1.1", false),
      ("", false), ("5..1", false), ("5.1.", false), ("55.1.1", false), ("5.1.1 ", false),
      ("5,1,1", false), ("5.１.1", false),
    ])
  func enhancedCodes(text: String, isCode: Bool) {
    let code = EnhancedCode(parsing: octets(text))
    #expect((code != nil) == isCode)
    if isCode { #expect(code?.description == text) }
  }

  @Test("An enhanced code ends at a space or at the line's end")
  func leading() {
    #expect(EnhancedCode(leading: octets("5.1.1 unknown")) == EnhancedCode(5, 1, 1))
    #expect(EnhancedCode(leading: octets("5.1.1")) == EnhancedCode(5, 1, 1))
    #expect(EnhancedCode(leading: octets("5.1.1x")) == nil)
    #expect(EnhancedCode(leading: octets(" 5.1.1")) == nil)
    #expect(EnhancedCode(leading: octets("example.com")) == nil)
  }

  @Test("A reply line knows code, separator, enhanced code and message")
  func line() {
    let full = ReplyLine(octets: octets("550-5.7.1 not here"))
    #expect(full.code == 550)
    #expect(full.separator == UInt8(ascii: "-"))
    #expect(full.text == octets("5.7.1 not here"))
    #expect(full.enhancedCode == EnhancedCode(5, 7, 1))
    #expect(full.message == octets("not here"))
    let bare = ReplyLine(octets: octets("250"))
    #expect(bare.code == 250)
    #expect(bare.separator == nil)
    #expect(bare.text.isEmpty)
    #expect(bare.message.isEmpty)
    let none = ReplyLine(octets: octets("5.7.1 x"))
    #expect(none.code == nil)
    #expect(none.enhancedCode == nil)
    #expect(none.text == octets("5.7.1 x"))
    #expect(ReplyLine(octets: octets("250 2.0.0")).message.isEmpty)
  }

  @Test("The text of a reply is that of its lines")
  func text() {
    let reply = Reply(code: 250, octets: octets("250-one\r\n250-\r\n250 two\r\n"))
    #expect(reply.text == octets("one\n\ntwo"))
    #expect(reply.enhancedCode == nil)
    #expect(reply.description == #"250-one\r\n250-\r\n250 two\r\n"#)
    #expect(Reply(code: 0, octets: []).lines.isEmpty)
  }

  @Test("Octets are shown so that none hides and none is mistaken for another")
  func escaped() {
    #expect(WireText.escaped([65, 13, 10, 9, 0, 127, 255, 92]) == #"A\r\n\t\x00\x7f\xff\\"#)
    #expect(WireText.escaped(octets("é \u{1b}")) == #"\xc3\xa9 \x1b"#)
    let shown = (UInt8.min...UInt8.max).map { WireText.escaped([$0]) }
    #expect(Set(shown).count == 256)
    #expect(shown.allSatisfy { $0.unicodeScalars.allSatisfy { (" "..."~").contains($0) } })
  }

  @Test("Every observation has a phrase of its own")
  func phrases() {
    let phrases = ReplyObservations(rawValue: .max).descriptions
    #expect(phrases.count == 11)
    #expect(Set(phrases).count == phrases.count)
    #expect(ReplyObservations([.nul, .mixedCodes]).descriptions.count == 2)
  }
}
