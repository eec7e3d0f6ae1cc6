// SPDX-License-Identifier: Apache-2.0
//
// Generated messages have exactly the size and the lines that were asked for.

import MailContent
import Testing

@Suite struct GeneratedMessageTests {
  static let shapes: [LineShape] = [
    .standard, .longest, .text(length: 1), .text(length: 2), .text(length: 5_000), .crlfOnly, .dots,
  ]

  static let specs = shapes.flatMap { shape in
    [false, true].map { MessageSpec(lines: shape, eightBit: $0) }
  }

  /// Around every place where a field or a line goes, and beyond the shared block.
  static let sizes = Array(0...700) + [1_023, 4_096, 65_999, 66_030, 66_031, 66_032, 132_001]

  @Test("Every size is met to the octet, in lines of the right shape", arguments: specs)
  func exactSize(spec: MessageSpec) throws {
    var spec = spec
    for size in Self.sizes {
      spec.size = .fixed(size)
      let message = try factory(spec).message(session: 3, number: 4)
      let plain = octets(of: message.rawCursor())
      try #require(plain.count == size)
      #expect(message.size == size)
      #expect(size < 2 || plain.suffix(2) == [0x0D, 0x0A], "\(size)")
      let isText = String(validating: plain, as: UTF8.self) != nil
      #expect(isText, "\(size) is cut inside a character")
      let sent = octets(of: message.dataCursor())
      #expect(sent == stuffedByTheBook(plain), "\(size)")
      #expect(message.stuffedSize == sent.count)
    }
  }

  @Test(
    "No line of the body is longer than asked, and no octet is a bare CR or LF", arguments: specs)
  func lineLengths(spec: MessageSpec) throws {
    var spec = spec
    for size in [600, 4_096, 66_001, 140_003] {
      spec.size = .fixed(size)
      let whole = octets(of: try factory(spec).message(session: 1, number: 1).rawCursor())
      let body = lines(of: body(of: whole))
      #expect(body.last == [])
      #expect(body.allSatisfy { !$0.contains(0x0D) && !$0.contains(0x0A) })
      switch spec.lines {
      case .text(let length): #expect(body.allSatisfy { $0.count <= length })
      case .crlfOnly: #expect(body.allSatisfy { $0.isEmpty || $0 == [0x78] })
      case .dots:
        // The last lines may be the ones that fill the size.
        #expect(body.dropLast(3).allSatisfy { $0.first == 0x2E })
        #expect(body.contains([0x2E]) && body.contains([0x2E, 0x2E]))
      }
    }
  }

  @Test("8-bit bodies hold octets above 127, others none", arguments: shapes)
  func eightBit(shape: LineShape) throws {
    for isEightBit in [false, true] {
      let spec = MessageSpec(size: .fixed(1_000), lines: shape, eightBit: isEightBit)
      let whole = octets(of: try factory(spec).message(session: 1, number: 1).rawCursor())
      let hasText = shape != .crlfOnly && shape != .text(length: 1) && shape != .text(length: 2)
      #expect(whole.contains { $0 > 127 } == (isEightBit && hasText))
      #expect(text(whole).contains("charset=\(isEightBit ? "utf-8" : "us-ascii")\r\n"))
    }
  }

  @Test("SMTPUTF8 puts UTF-8 into the header, and only then it is there")
  func internationalHeader() throws {
    for isInternational in [false, true] {
      let spec = MessageSpec(smtputf8: isInternational)
      let whole = octets(of: try factory(spec).message(session: 1, number: 1).rawCursor())
      #expect(whole.contains { $0 > 127 } == isInternational)
    }
  }

  @Test("The header is complete, its lines short, and says which message it is")
  func header() throws {
    let spec = MessageSpec(size: .fixed(2_000), headers: [HeaderField(name: "X-Lab", value: "7")])
    let whole = text(octets(of: try factory(spec).message(session: 12, number: 345).rawCursor()))
    let header = whole.prefix(upTo: try #require(whole.firstRange(of: "\r\n\r\n")).lowerBound)
    let fields = header.split(separator: "\r\n").map(String.init)
    #expect(fields.contains("X-Relaymark-Run: run-1"))
    #expect(fields.contains("X-Relaymark-Session: 00000012"))
    #expect(fields.contains("X-Relaymark-Message: 000000000345"))
    #expect(fields.contains("Date: Mon, 24 Nov 2025 16:00:00 +0000"))
    #expect(fields.contains("From: Relaymark <sender@relaymark.test>"))
    #expect(fields.contains("To: <user1@relaymark.test>"))
    #expect(fields.contains("Message-ID: <run-1.00000012.000000000345@relaymark.test>"))
    #expect(fields.contains("X-Lab: 7"))
    #expect(fields.allSatisfy { $0.utf8.count <= 998 })
  }

  @Test("A script's field takes the place of the usual one of that name, in any case")
  func replacedField() throws {
    let spec = MessageSpec(headers: [HeaderField(name: "SUBJECT", value: "mine")])
    let whole = text(octets(of: try factory(spec).message(session: 1, number: 1).rawCursor()))
    #expect(whole.contains("SUBJECT: mine\r\n"))
    #expect(!whole.contains("Subject:"))
  }

  @Test("A field name that begins with a dot is stuffed like any line")
  func dottedField() throws {
    let spec = MessageSpec(
      size: .fixed(1_000),
      headers: [HeaderField(name: ".a", value: "."), HeaderField(name: "From", value: ".")])
    let message = try factory(spec).message(session: 1, number: 2)
    let sent = octets(of: message.dataCursor())
    #expect(sent == stuffedByTheBook(octets(of: message.rawCursor())))
    #expect(text(sent).contains("\r\n..a: .\r\n"))
  }

  @Test("Fields go in the documented order as messages get smaller")
  func smallMessages() throws {
    let order = [
      "MIME-Version:", "Subject:", "To:", "X-Relaymark-Digest:", "Message-ID:", "Date:", "From:",
      "X-Lab:",
    ]
    var missing = 0
    for size in (0...800).reversed() {
      let spec = MessageSpec(size: .fixed(size), headers: [HeaderField(name: "X-Lab", value: "7")])
      let message = try factory(spec).message(session: 1, number: 1)
      let whole = text(octets(of: message.rawCursor()))
      let present = order.map { whole.contains($0) }
      let count = present.prefix { !$0 }.count
      #expect(present.dropFirst(count).allSatisfy { $0 }, "\(size)")
      #expect(message.isMarked == (count < 4), "\(size)")
      missing = max(missing, count)
    }
    #expect(missing == order.count)
    #expect(
      text(
        octets(
          of: try factory(MessageSpec(size: .fixed(2))).message(session: 1, number: 1)
            .rawCursor())) == "\r\n")
  }

  @Test("Without mark no field of the mark is there")
  func unmarked() throws {
    let message = try factory(MessageSpec(mark: false)).message(session: 1, number: 1)
    #expect(!message.isMarked)
    #expect(!text(octets(of: message.rawCursor())).contains("Relaymark-"))
  }

  @Test("Exact octets go out as they are, dots stuffed on DATA only")
  func exactOctets() throws {
    let content = Array(".\r\na\n.\r\n\0\u{FF}.".utf8)
    let message = try factory(MessageSpec(octets: content)).message(session: 1, number: 1)
    #expect(octets(of: message.rawCursor()) == content)
    #expect(octets(of: message.dataCursor()) == stuffedByTheBook(content))
    #expect(message.size == content.count)
  }

  @Test(
    "What makes no message is refused with the reason",
    arguments: [
      (MessageSpec(size: .fixed(-1)), "a message of -1 octets"),
      (MessageSpec(size: .fixed((64 << 20) + 1)), "a message of 67108865 octets"),
      (MessageSpec(size: .uniform(2, 1)), "the first is the larger one"),
      (MessageSpec(size: .uniform(0, .max)), "a message of"),
      (MessageSpec(size: .weighted([])), "at least one"),
      (MessageSpec(size: .weighted([.init(size: 1, weight: 0)])), "weights from 1"),
      (MessageSpec(lines: .text(length: 0)), "a line of 0 octets"),
      (MessageSpec(headers: [HeaderField(name: "a b", value: "")]), "no name for a header field"),
      (MessageSpec(headers: [HeaderField(name: "", value: "")]), "no name for a header field"),
      (MessageSpec(headers: [HeaderField(name: "X", value: "a\r\nY: b")]), "holds CR, LF or NUL"),
    ])
  func refused(spec: MessageSpec, reason: String) throws {
    let error = try #require(throws: ContentError.self) { try factory(spec) }
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test("A run's name that would break a header is refused", arguments: ["", "a b", "a\r\n", "é"])
  func runName(run: String) {
    #expect(throws: ContentError.self) {
      try MessageFactory(spec: MessageSpec(), seed: 1, run: run, sha256: sha256)
    }
  }
}
