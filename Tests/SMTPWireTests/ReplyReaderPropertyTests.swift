// SPDX-License-Identifier: Apache-2.0
//
// What must hold of the reply reader for every input: cuts make no difference, nothing is lost, the
// finished reply sees the lines that the reader has seen, bounds hold.

import SMTPWire
import Testing

@Suite("The reply reader on any input")
struct ReplyReaderPropertyTests {
  private static let fixtures: [(text: [UInt8], observed: [ReplyObservations])] = [
    (octets("250 ok\r\n"), [[]]),
    (octets("250-a\r\n250-\r\n250 \r\n"), [[]]),
    (octets("250-a\r\n250\r\n"), [.codeOnlyLine]),
    (octets("250-a\r\n550 b\r\n"), [.mixedCodes]),
    (octets("250\tok\r\n"), [.badSeparator]),
    (octets("250ok\r\n"), [.badSeparator]),
    (octets("2500 ok\r\n"), [.badSeparator]),
    (octets("25\r\n"), [.malformedLine]),
    (octets("\r\n"), [.malformedLine]),
    (octets("2 5 0\r\n"), [.malformedLine]),
    (octets("25x 5.7.1 no code, no enhanced code\r\n"), [.malformedLine]),
    (octets("000 5.7.1 a code, however odd\r\n"), [.invalidCode]),
    (octets(" 250 ok\r\n"), [.malformedLine]),
    (octets("٢٥٠ ok\r\n"), [[.malformedLine, .eightBit]]),
    (octets("199 ok\r\n"), [.invalidCode]),
    (octets("600 ok\r\n000 x\r\n"), [.invalidCode, .invalidCode]),
    (octets("250 a\rb\r\n"), [.bareCR]),
    (octets("250 a\r\r\n"), [.bareCR]),
    (octets("250 a\u{0}b\r\n"), [.nul]),
    (octets("250 a\tb\r\n"), [[]]),
    (octets("250 a\u{1B}[31mb\u{7F}\r\n"), [.controlOctet]),
    (octets("250 gr\u{FC}n\u{1F4E8}\r\n"), [.eightBit]),
    (octets("250 \u{85}\u{2028}\u{B}\u{C}x\r\n"), [[.eightBit, .controlOctet]]),
    (octets("250 ") + [UInt8](repeating: 120, count: 506) + octets("\r\n"), [[]]),
    (octets("250 ") + [UInt8](repeating: 120, count: 507) + octets("\r\n"), [.longLine]),
    (octets("250 a\nb\r\n"), [.bareLF]),
    (octets("250 a\n251\r\n"), [.bareLF, .codeOnlyLine]),
    (octets("250 a\n\r\n"), [.bareLF]),
    (octets("250-a\nb\n250 c\r\n"), [.bareLF]),
    (octets("\n220 a\r\n"), [[.malformedLine, .bareLF], []]),
  ]

  @Test("Observations are those of the line, however it is cut", arguments: fixtures.indices)
  func observations(index: Int) {
    let fixture = Self.fixtures[index]
    let heard = Heard.everywhere(fixture.text)
    #expect(heard.observations == fixture.observed, "\(WireText.escaped(fixture.text))")
    check(heard, against: fixture.text)
    #expect(heard.unread.isEmpty)
    #expect(heard.fault == nil)
  }

  @Test("Many replies at once are the same as one after another")
  func manyAtOnce() {
    let clean = Self.fixtures.filter { !$0.observed.contains { $0.contains(.bareLF) } }
    let apart = clean.map { Heard.reading([$0.text[...]]) }
    for count in [1, 2, 50] {
      let all = (0..<count).flatMap { _ in clean.flatMap(\.text) }
      let together = Heard.reading([all[...]])
      #expect(together.replies == (0..<count).flatMap { _ in apart.flatMap(\.replies) })
    }
  }

  @Test("Reading goes on in the same storage for any number of replies")
  func storage() throws {
    var reader = ReplyReader()
    for round in 0..<5000 {
      let text =
        "250-\(round)\r\n250 \(round % 7 == 0 ? String(repeating: "x", count: 900) : "y")\r\n"
      // Half a reply more each time, so that something is always left over.
      let half = octets(text).count / 2
      reader.append(Array(octets(text)[..<half]))
      #expect(try reader.next() == nil)
      reader.append(Array(octets(text)[half...]) + octets(text)[..<half])
      let summary = try #require(try reader.next())
      #expect(reader.reply(summary).octets == octets(text))
      #expect(try reader.next() == nil)
      reader.append(Array(octets(text)[half...]))
      #expect(try reader.next()?.lineCount == 2)
    }
  }

  @Test("Random pieces of replies read alike in all cuts", arguments: 0..<UInt64(60))
  func random(seed: UInt64) {
    let parts = [
      "250", "220", "5", " ", "-", "\r\n", "\r\n", "\n", "\r", "x", "250 ok\r\n", "250-a\r\n",
      "\u{0}",
      "\u{E9}", "5.1.1", "\n250 ", "\n250-",
    ]
    var random = SplitMix(state: seed)
    let text = (0..<Int.random(in: 1...30, using: &random)).flatMap { _ in
      octets(parts.randomElement(using: &random) ?? "")
    }
    let limits = ReplyLimits(line: 24, reply: 60, lines: 4)
    for heard in [Heard.everywhere(text), .everywhere(text, limits: limits)] {
      check(heard, against: text)
    }
    check(.everywhere(text, flushes: true), against: text)
  }

  /// Nothing is lost or invented, and a reply knows the reader's lines.
  private func check(_ heard: Heard, against text: [UInt8]) {
    let read = heard.replies.flatMap(\.reply.octets)
    if heard.fault == nil {
      #expect(read + heard.unread == text)
    } else {
      #expect(text.starts(with: read))
    }
    for one in heard.replies {
      let lines = one.reply.lines
      #expect(lines.count == one.lineCount, "\(one.reply)")
      #expect(lines.last?.code ?? 0 == one.reply.code, "\(one.reply)")
      #expect(one.reply.enhancedCode == one.enhanced, "\(one.reply)")
    }
  }

  @Test("A bound is met at the same octet in all cuts, and stays met")
  func bounds() throws {
    let limits = ReplyLimits(line: 20, reply: 50, lines: 3)
    let cases: [(String, ReplyFault?)] = [
      ("250 456789012345678\r\n", .lineTooLong(limit: 20)),
      ("250 45678901234567\r\n", nil),
      ("250 4567890123456789", nil),
      ("250 45678901234567890", .lineTooLong(limit: 20)),
      ("250-45678901234567\r\n250-45678901234567\r\n250 4567\r\n", nil),
      ("250-45678901234567\r\n250-45678901234567\r\n250 45678\r\n", .replyTooLong(limit: 50)),
      ("250-45678901234567\r\n250-45678901234567\r\n25045678901", .replyTooLong(limit: 50)),
      (
        "250-45678901234567\r\n250-45678901234567\r\n250 0123456789012345678901\r\n",
        .replyTooLong(limit: 50)
      ),
      ("250-1\r\n250-2\r\n250 3\r\n", nil),
      ("250-1\r\n250-2\r\n250-3\r\n250 4\r\n", .tooManyLines(limit: 3)),
      ("250 ok\r\n250-4567890123456789012\r\n", .lineTooLong(limit: 20)),
      ("x\r\nx\r\nx\r\nx\r\nx\r\n", nil),
    ]
    for (text, fault) in cases {
      let heard = Heard.everywhere(octets(text), limits: limits)
      #expect(heard.fault == fault, "\(text)")
    }
    var reader = ReplyReader(limits: limits)
    reader.append(octets("250 45678901234567890"))
    #expect(throws: ReplyFault.lineTooLong(limit: 20)) { try reader.next() }
    reader.append(octets("\r\n250 ok\r\n"))
    #expect(throws: ReplyFault.lineTooLong(limit: 20)) { try reader.next() }
    #expect(reader.unreadOctets == octets("250 45678901234567890"))
    reader.discard()
    reader.append(octets("250 ok\r\n"))
    #expect(try reader.next()?.code == 250)
  }

  @Test("A reply that goes on for ever is given up at its bounds")
  func endlessReply() {
    var reader = ReplyReader()
    let lines = (0..<100).flatMap { _ in octets("250-x\r\n") }
    var fault: ReplyFault?
    for _ in 0..<200 {
      reader.append(lines)
      do {
        while try reader.next() != nil {}
      } catch {
        fault = error
      }
    }
    #expect(fault == .tooManyLines(limit: 10_000))
    #expect(reader.unread < 71_000)
  }
}
