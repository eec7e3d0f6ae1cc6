// SPDX-License-Identifier: Apache-2.0
//
// A message comes out the same in any portions, and costs no memory of its size.

import MailContent
import Testing

@Suite struct MessageCursorTests {
  static let specs = [
    MessageSpec(size: .fixed(3_000)), MessageSpec(size: .fixed(3_001), lines: .dots),
    MessageSpec(size: .fixed(100)), MessageSpec(size: .fixed(1)), MessageSpec(size: .fixed(0)),
    MessageSpec(octets: Array("a\r\n.b".utf8)), MessageSpec(octets: []),
  ]

  @Test("Any portion size gives the same octets", arguments: specs)
  func portions(spec: MessageSpec) throws {
    let message = try factory(spec).message(session: 5, number: 6)
    for cursor in [message.dataCursor(), message.rawCursor()] {
      let whole = octets(of: cursor)
      #expect(whole.count == cursor.remaining)
      for portion in [1, 2, 3, 7, 64, 333, 1_000, 4_096] {
        #expect(octets(of: cursor, portion: portion) == whole, "\(portion)")
      }
    }
  }

  @Test("BDAT chunks of given sizes, an empty one among them, add up to the message")
  func chunks() throws {
    let message = try factory(MessageSpec(size: .fixed(3_000))).message(session: 1, number: 1)
    var cursor = message.rawCursor()
    var counts: [Int] = []
    var out: [UInt8] = []
    for chunk in [1_000, 0, 2_000] {
      let before = out.count
      let more = cursor.write(into: &out, atMost: chunk)
      counts.append(out.count - before)
      #expect(more == (out.count < 3_000))
    }
    #expect(counts == [1_000, 0, 2_000])
    #expect(out == octets(of: message.rawCursor()))
  }

  @Test("A portion is never larger than asked, and what lies in the buffer stays")
  func bound() throws {
    var cursor = try factory(MessageSpec(size: .fixed(70_000))).message(session: 1, number: 1)
      .dataCursor()
    var out: [UInt8] = [1, 2, 3]
    _ = cursor.write(into: &out, atMost: 100)
    #expect(out.count == 103)
    #expect(out.prefix(3) == [1, 2, 3])
    _ = cursor.write(into: &out, atMost: -5)
    #expect(out.count == 103)
  }

  @Test("A finished cursor writes nothing and says so")
  func finished() throws {
    var cursor = try factory(MessageSpec(size: .fixed(500))).message(session: 1, number: 1)
      .dataCursor()
    var out: [UInt8] = []
    let more = cursor.write(into: &out, atMost: .max)
    let count = out.count
    let evenMore = cursor.write(into: &out, atMost: .max)
    #expect(!more && !evenMore)
    #expect(out.count == count)
  }

  @Test("A thousand cursors on 64 MiB show one and the same text, none holds its own")
  func sharedText() throws {
    #expect(MemoryLayout<MessageCursor>.size <= 64)
    let factory = try factory(MessageSpec(size: .fixed(64 << 20)))
    var addresses: Set<UnsafeRawPointer> = []
    var cursors = (1...1_000).map { session in
      factory.message(session: session, number: session).dataCursor()
    }
    for index in cursors.indices {
      var isHeader = true
      _ = cursors[index].forEachPiece(atMost: 8_192) { piece in
        if !isHeader, let base = piece.baseAddress { addresses.insert(UnsafeRawPointer(base)) }
        isHeader = false
      }
    }
    #expect(addresses.count == 1)
    #expect(cursors.allSatisfy { $0.remaining > 60 << 20 })
  }

  @Test("64 MiB pass in bounded portions, to the octet")
  func largest() throws {
    let message = try factory(MessageSpec(size: .fixed(64 << 20), lines: .dots))
      .message(session: 1, number: 1)
    var cursor = message.rawCursor()
    var total = 0
    var largestPiece = 0
    var checker = IntegrityChecker(sha256: sha256)
    var hasMore = true
    while hasMore {
      hasMore = cursor.forEachPiece(atMost: 1 << 20) { piece in
        total += piece.count
        largestPiece = max(largestPiece, piece.count)
        checker.update(piece)
      }
    }
    #expect(total == 64 << 20)
    #expect(largestPiece <= 80 << 10)
    #expect(checker.finish().verdict == .intact)
  }
}
