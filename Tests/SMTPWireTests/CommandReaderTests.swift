// SPDX-License-Identifier: Apache-2.0
//
// The server's line reader: cuts, bounds, odd octets, and what follows a line.

import SMTPWire
import Testing

@Suite("Command lines as clients send them")
struct CommandReaderTests {
  private struct Read: Equatable {
    var lines: [ReceivedLine] = []
    var unread = 0
  }

  private func everywhere(_ text: String, limit: Int = 2048, lineEnds: LineEnds = .crlf) -> Read {
    Cuts.same(octets(text)) { pieces in
      var reader = CommandReader(limit: limit, lineEnds: lineEnds)
      var read = Read()
      for piece in pieces {
        reader.append(Array(piece))
        while let line = reader.nextLine() { read.lines.append(line) }
      }
      // Of a line that is too long nothing but the fact is kept.
      read.unread = min(reader.unread, 2)
      return read
    }
  }

  @Test("F051: a line ends at its CRLF, also where CR and LF come apart")
  func cuts() {
    let read = everywhere("EHLO x\r\nNOOP\r\n\r\nQU")
    #expect(read.lines == [.line(octets("EHLO x"), []), .line(octets("NOOP"), []), .line([], [])])
    #expect(read.unread == 2)
  }

  @Test("Odd octets stay in their line and are noted")
  func oddOctets() {
    let read = everywhere("NOOP a\nb\r\nNOOP a\rb\r\nNOOP \u{0}\r\nNOOP é\r\nNOOP \r\r\nNOOP\r\n")
    let expected: [ReceivedLine] = [
      .line(octets("NOOP a\nb"), .bareLF), .line(octets("NOOP a\rb"), .bareCR),
      .line(octets("NOOP \u{0}"), .nul), .line(octets("NOOP é"), .eightBit),
      .line(octets("NOOP \r"), .bareCR), .line(octets("NOOP"), []),
    ]
    #expect(read.lines == expected)
  }

  @Test("A bare LF or CR ends a line only where a broken server was asked for")
  func lineEnds() {
    let text = "A\nB\rC\r\nD"
    #expect(everywhere(text).lines == [.line(octets("A\nB\rC"), [.bareLF, .bareCR])])
    #expect(
      everywhere(text, lineEnds: .bareLF).lines
        == [.line(octets("A"), .bareLF), .line(octets("B\rC"), .bareCR)])
    #expect(
      everywhere(text, lineEnds: [.bareLF, .bareCR]).lines
        == [.line(octets("A"), .bareLF), .line(octets("B"), .bareCR), .line(octets("C"), [])])
  }

  @Test("A line beyond the limit is one fact, and the next line is read")
  func tooLong() {
    for length in [49, 50, 99, 100, 101, 150, 1000] {
      let text = String(repeating: "x", count: length) + "\r\nNOOP\r\nQ"
      let read = everywhere(text, limit: 50)
      #expect(read.lines == [.tooLong, .line(octets("NOOP"), [])], "\(length)")
    }
    let fits = String(repeating: "x", count: 48)
    #expect(everywhere(fits + "\r\n", limit: 50).lines == [.line(octets(fits), [])])
  }

  @Test("A line without end costs no more memory than the limit")
  func endless() {
    var reader = CommandReader(limit: 100)
    for _ in 0..<1000 {
      reader.append([UInt8](repeating: 120, count: 1000) + [13])
      #expect(reader.nextLine() == nil)
      #expect(reader.unread <= 100)
    }
    reader.append(octets("\nQUIT\r\n"))
    #expect(reader.nextLine() == .tooLong)
    #expect(reader.nextLine() == .line(octets("QUIT"), []))
  }

  @Test("What follows a line can be read as something else, and lines go on behind it")
  func content() {
    var reader = CommandReader()
    reader.append(octets("DATA\r\nab\r\n.\r\nNOOP\r\nBDAT 3\r\nxyzQUIT\r\n"))
    #expect(reader.nextLine() == .line(octets("DATA"), []))
    var data = DataReader()
    var content: [UInt8] = []
    reader.read { unread in data.read(unread) { content += $0 } }
    #expect(data.isAtEnd)
    #expect(content == octets("ab\r\n"))
    #expect(reader.nextLine() == .line(octets("NOOP"), []))
    #expect(reader.nextLine() == .line(octets("BDAT 3"), []))
    reader.read { unread in
      #expect(Array(unread.prefix(3)) == octets("xyz"))
      return 3
    }
    #expect(reader.nextLine() == .line(octets("QUIT"), []))
    #expect(reader.unread == 0)
  }

  @Test("Octets behind STARTTLS can be dropped, and are counted")
  func discard() {
    var reader = CommandReader()
    reader.append(octets("STARTTLS\r\nEHLO injected\r\nMAIL"))
    #expect(reader.nextLine() == .line(octets("STARTTLS"), []))
    #expect(reader.discard() == 19)
    #expect(reader.unread == 0)
    reader.append(octets(" x\r\n"))
    #expect(reader.nextLine() == .line(octets(" x"), []))
  }

  @Test("Many lines through the same storage come out in order")
  func storage() {
    var reader = CommandReader()
    var seen = 0
    for round in 0..<2000 {
      reader.append(octets("NOOP \(round * 2)\r\nNOOP \(round * 2 + 1)\r\nNO"))
      while let line = reader.nextLine() {
        let prefix = seen >= 2 && seen.isMultiple(of: 2) ? "NO" : ""
        #expect(line == .line(octets("\(prefix)NOOP \(seen)"), []))
        seen += 1
      }
    }
    #expect(seen == 4000)
  }
}
