// SPDX-License-Identifier: Apache-2.0
//
// The receiving side tells intact from changed, whatever relays rightly do to a header.

import MailContent
import Testing

@Suite struct IntegrityCheckerTests {
  @Test("A message as sent is intact, and the mark says which it is")
  func intact() throws {
    let reading = reading(of: try sample())
    #expect(reading.verdict == .intact)
    #expect(reading.run == "run-1")
    #expect(reading.session == 11)
    #expect(reading.message == 22)
    #expect(reading.digest == reading.announcedDigest)
    #expect(reading.headerOctets + reading.bodyOctets == 3_000)
  }

  @Test("In pieces of any size the reading is the same", arguments: [1, 2, 3, 5, 64, 1_000])
  func pieces(size: Int) throws {
    let whole = try sample()
    var checker = IntegrityChecker(sha256: sha256)
    var rest = whole[...]
    while !rest.isEmpty {
      checker.update(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(checker.finish() == reading(of: whole))
  }

  /// What a relay may do to a message without changing its body.
  static let lawful: [(what: String, change: @Sendable (String) -> String)] = [
    (
      "trace fields in front",
      { "Received: from a by b\r\n\twith ESMTP; x\r\nReturn-Path: <a@b>\r\n" + $0 }
    ),
    ("fields added behind", { replaceFirst("\r\n\r\n", "\r\nX-Spam: no\r\n\r\n", in: $0) }),
    (
      "the digest folded",
      { replaceFirst("X-Relaymark-Digest: ", "X-Relaymark-Digest:\r\n ", in: $0) }
    ),
    (
      "names in another case",
      { replaceFirst("X-Relaymark-Digest", "x-relaymark-digest", in: $0) }
    ),
    ("a field of 100 kB", { "X-Long: " + String(repeating: "x", count: 100_000) + "\r\n" + $0 }),
    (
      "an older mark further down",
      { $0.replacing("\r\nDate:", with: "\r\nX-Relaymark-Digest: 0\r\nDate:") }
    ),
  ]

  @Test("What relays may do to the header leaves a message intact", arguments: lawful.indices)
  func lawfulChanges(index: Int) throws {
    let (what, change) = Self.lawful[index]
    let whole = text(try sample())
    let changed = change(whole)
    try #require(changed != whole)
    let reading = reading(of: Array(changed.utf8))
    #expect(reading.verdict == .intact, "\(what)")
    #expect(reading.message == 22)
  }

  @Test("Any single changed octet of the body is seen")
  func changedOctet() throws {
    let whole = try sample()
    let start = whole.count - body(of: whole).count
    for index in stride(from: start, to: whole.count, by: 97) {
      var changed = whole
      changed[index] ^= 1
      #expect(reading(of: changed).verdict == .changed)
    }
  }

  @Test("A body cut short, doubled or with a line added is changed")
  func changedLength() throws {
    let whole = try sample()
    #expect(reading(of: Array(whole.dropLast(2))).verdict == .intact)
    #expect(reading(of: Array(whole.dropLast(3))).verdict == .changed)
    #expect(reading(of: whole + body(of: whole)).verdict == .changed)
    #expect(reading(of: whole + [0x0D, 0x0A]).verdict == .changed)
    #expect(reading(of: whole.filter { $0 != 0x0D }).verdict == .changed)
  }

  @Test("Dots that were not taken back are a change")
  func stuffedContent() throws {
    let spec = MessageSpec(size: .fixed(2_000), lines: .dots)
    let sent = octets(of: try factory(spec).message(session: 1, number: 1).dataCursor())
    #expect(reading(of: Array(sent.dropLast(3))).verdict == .changed)
  }

  @Test("A file with LF alone is intact where line ends are normalised")
  func normalised() throws {
    let file = try sample().filter { $0 != 0x0D }
    #expect(reading(of: file, normalisesLineEnds: true).verdict == .intact)
    #expect(reading(of: file).verdict == .changed)
  }

  @Test(
    "Foreign messages carry no mark",
    arguments: ["", "\r\n", "a", "A: b\r\n\r\nX-Relaymark-Run: x"])
  func foreign(content: String) {
    let reading = reading(of: Array(content.utf8))
    #expect(reading.verdict == .noMark)
    #expect(reading.digest == nil)
    #expect(reading.headerOctets + reading.bodyOctets == content.utf8.count)
  }

  @Test("A damaged mark is a change, not a missing one")
  func damaged() throws {
    let whole = text(try sample())
    let without = whole.replacing("X-Relaymark-Digest", with: "X-Other")
    #expect(reading(of: Array(without.utf8)).verdict == .changed)
    let short = whole.replacing("X-Relaymark-Digest: ", with: "X-Relaymark-Digest: 0")
    #expect(reading(of: Array(short.utf8)).verdict == .changed)
    let huge = whole.replacing("X-Relaymark-Session: ", with: "X-Relaymark-Session: 99999999999999")
    #expect(reading(of: Array(huge.utf8)).session == nil)
  }

  @Test("After one message the checker is ready for the next")
  func reuse() throws {
    var checker = IntegrityChecker(sha256: sha256)
    checker.update(Array("A: b\r\n\r\nc".utf8))
    #expect(checker.finish().verdict == .noMark)
    checker.update(try sample())
    #expect(checker.finish().verdict == .intact)
    #expect(checker.finish().verdict == .noMark)
  }

  private func sample() throws -> [UInt8] {
    let factory = try factory(MessageSpec(size: .fixed(3_000)))
    return octets(of: factory.message(session: 11, number: 22).rawCursor())
  }
}

private func replaceFirst(_ old: String, _ new: String, in text: String) -> String {
  text.replacing(old, with: new, maxReplacements: 1)
}
