// SPDX-License-Identifier: Apache-2.0
//
// The reply reader against the field cases about framing, by their ids.

import SMTPWire
import Testing

@Suite("Replies as servers send them")
struct ReplyReaderTests {
  @Test("F001: the text of a greeting is no reply before its CRLF has come")
  func f001() throws {
    var reader = ReplyReader()
    reader.append(octets("220 mx.example.test ESMTP X"))
    #expect(try reader.next() == nil)
    reader.append(octets("\r"))
    #expect(try reader.next() == nil)
    reader.append(octets("\n"))
    let greeting = try #require(try reader.next())
    #expect(greeting.code == 220)
    #expect(greeting.observations.isEmpty)
    #expect(try reader.next() == nil)
    #expect(reader.unread == 0)
  }

  @Test("F002: a reply in several packets is complete at its last line only")
  func f002() throws {
    var reader = ReplyReader()
    reader.append(octets("250-hello me\r\n250-SIZE 111\r\n250-AUTH LOGIN\r\n"))
    #expect(try reader.next() == nil)
    reader.append(octets("250 STARTTLS\r\n"))
    let summary = try #require(try reader.next())
    #expect(summary.lineCount == 4)
    #expect(reader.reply(summary).lines.map(\.text).last == octets("STARTTLS"))
  }

  @Test("F003: a greeting may have several lines")
  func f003() {
    let heard = Heard.everywhere(
      octets("220-mx.example.test ESMTP\r\n220 mx.example.test ESMTP Postfix\r\n"))
    #expect(heard.codes == [220])
    #expect(heard.observations == [[]])
    #expect(heard.replies.map(\.lineCount) == [2])
  }

  @Test("F004: a last line of nothing but the code ends a reply, and is noted")
  func f004() {
    let heard = Heard.everywhere(octets("220-policy text\r\n220-more text\r\n220\r\n"))
    #expect(heard.codes == [220])
    #expect(heard.observations == [.codeOnlyLine])
    #expect(heard.unread.isEmpty)
  }

  @Test("F005: the fourth octet alone says whether a line follows")
  func f005() {
    let heard = Heard.everywhere(octets("220-mx.example.test ESMTP\r\n220- x\r\n220 ready\r\n"))
    #expect(heard.codes == [220])
    #expect(heard.observations == [[]])
  }

  @Test("F007: the last line's code counts where codes differ, and the whole reply is kept")
  func f007() {
    let text = "220-mx.example.test ESMTP\r\n521 5.7.1 Service unavailable; client blocked\r\n"
    let heard = Heard.everywhere(octets(text))
    #expect(heard.codes == [521])
    #expect(heard.observations == [.mixedCodes])
    #expect(heard.replies.first?.reply.octets == octets(text))
    #expect(heard.replies.first?.enhanced == EnhancedCode(5, 7, 1))
  }

  @Test("F009: a bare LF inside a reply does not split it, and is noted")
  func f009() {
    let text = "550 5.7.1 first part\nsecond part\r\n"
    let heard = Heard.everywhere(octets(text))
    #expect(heard.codes == [550])
    #expect(heard.observations == [.bareLF])
    #expect(heard.replies.first?.reply.lines.count == 1)
    #expect(heard.replies.first?.enhanced == EnhancedCode(5, 7, 1))
  }

  @Test("F009: a text that looks like a reply behind a bare LF is no second reply")
  func f009NoSmuggling() {
    let heard = Heard.everywhere(octets("220 hi\r\n550 no such <x\n250 ok\r\n221 bye\r\n"))
    #expect(heard.codes == [220, 550, 221])
    #expect(heard.observations == [[], .bareLF, []])
  }

  @Test("F009: lines of one reply with bare LF between them are its lines")
  func f009Lines() {
    let heard = Heard.everywhere(
      octets("220 hi\r\n550-5.7.1 first\n550-5.7.1 second\n550 5.7.1 third\r\n221 bye\r\n"))
    #expect(heard.codes == [220, 550, 221])
    #expect(heard.replies.map(\.lineCount) == [1, 3, 1])
    #expect(
      heard.replies[1].reply.lines.map(\.message) == ["first", "second", "third"].map(octets))
  }

  @Test("F009: a server that never sends CR is understood, its last line when nothing follows")
  func f009OnlyLF() {
    let text = octets("220-a\n220 b\n250 c\n")
    let waiting = Heard.everywhere(text)
    #expect(waiting.codes == [220])
    #expect(waiting.unread == octets("250 c\n"))
    let flushed = Heard.everywhere(text, flushes: true)
    #expect(flushed.codes == [220, 250])
    #expect(flushed.observations == [.bareLF, .bareLF])
    #expect(flushed.unread.isEmpty)
  }

  @Test("F010: a line without end is given up at its bound, in bounded memory")
  func f010() {
    var reader = ReplyReader()
    let piece = [UInt8](repeating: 120, count: 16_384)
    reader.append(octets("250 "))
    var fault: ReplyFault?
    for _ in 0..<512 {
      reader.append(piece)
      do {
        while try reader.next() != nil {}
      } catch {
        fault = error
      }
      #expect(reader.unread <= 65_536 + piece.count)
    }
    #expect(fault == .lineTooLong(limit: 65_536))
    reader.discard()
    #expect(reader.unread == 0)
  }

  @Test("F012: octets of another charset cost neither the code nor the text")
  func f012() {
    let line = octets("550 black ip. (") + [0xB7, 0xA2, 0xD0, 0xC5] + octets(")\r\n")
    let heard = Heard.everywhere(line)
    #expect(heard.codes == [550])
    #expect(heard.observations == [.eightBit])
    #expect(heard.replies.first?.reply.octets == line)
    #expect(
      heard.replies.first?.reply.description == #"550 black ip. (\xb7\xa2\xd0\xc5)\r\n"#)
  }

  @Test("F014: every line of a reply has its enhanced code")
  func f014() {
    let heard = Heard.everywhere(
      octets("550-5.7.1 line one\r\n550-4.7.1 line two\r\n550-line three\r\n550 5.7.1 end\r\n"))
    #expect(
      heard.replies.first?.reply.lines.map(\.enhancedCode)
        == [EnhancedCode(5, 7, 1), EnhancedCode(4, 7, 1), nil, EnhancedCode(5, 7, 1)])
    #expect(heard.replies.first?.reply.enhancedCode == EnhancedCode(5, 7, 1))
  }

  @Test("F015: replies that come together are told apart")
  func f015() {
    let heard = Heard.everywhere(octets("220-mx teaser\r\n220 host ESMTP\r\n221 Bye\r\n"))
    #expect(heard.codes == [220, 221])
    #expect(heard.replies.map(\.lineCount) == [2, 1])
  }

  @Test("F016: a reply that lists AUTH twice is one reply of two mechanisms")
  func f016() throws {
    let heard = Heard.everywhere(
      octets("250-mx.example.test\r\n250-AUTH PLAIN LOGIN\r\n250 AUTH=PLAIN LOGIN\r\n"))
    let reply = try #require(heard.replies.first?.reply)
    #expect(Capabilities(helloReply: reply).authMechanisms == ["PLAIN", "LOGIN"])
  }

  @Test("F019: lines without hyphens are replies of their own")
  func f019() {
    let heard = Heard.everywhere(
      octets("250 mx.example.test\r\n250 SIZE 1000\r\n250 PIPELINING\r\n"))
    #expect(heard.codes == [250, 250, 250])
    #expect(heard.observations == [[], [], []])
  }

  @Test("A peer that does not speak SMTP gives one reply of code 0 a line")
  func otherProtocol() {
    let heard = Heard.everywhere(octets("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
    #expect(heard.codes == [0, 0, 0])
    #expect(heard.observations == [.malformedLine, .malformedLine, .malformedLine])
  }

  @Test("A line without a code inside a reply is noted and does not end it")
  func lineWithoutCode() {
    let heard = Heard.everywhere(octets("250-mx\r\nSIZE 100\r\n\r\n250 HELP\r\n221 bye\r\n"))
    #expect(heard.codes == [250, 221])
    #expect(heard.observations == [.malformedLine, []])
    #expect(heard.replies.map(\.lineCount) == [4, 1])
    #expect(heard.replies.first?.reply.lines.map(\.code) == [250, nil, nil, 250])
  }

  @Test("What stands behind a reply stays unread, as behind the reply to STARTTLS")
  func leftovers() throws {
    var reader = ReplyReader()
    reader.append(octets("220 go ahead\r\n250-injected\r\n250 x"))
    #expect(try reader.next()?.code == 220)
    #expect(reader.unreadOctets == octets("250-injected\r\n250 x"))
    #expect(reader.unread == 19)
    reader.discard()
    #expect(reader.unread == 0)
    reader.append(octets("250 fresh\r\n"))
    let summary = try #require(try reader.next())
    #expect(reader.reply(summary).octets == octets("250 fresh\r\n"))
    #expect(summary.lineCount == 1)
    #expect(summary.observations.isEmpty)
  }

  @Test("Only a line that ends in a bare LF and announces no other waits for a CRLF")
  func awaitsCRLF() throws {
    let cases: [(String, Bool)] = [
      ("250 a", false), ("250 a\n", true), ("250-a\n", false), ("250-a\r\n", false), ("\n", true),
      ("250 a\r", false), ("250 a\n250", false), ("250-a\r\n250 b\n", true), ("", false),
    ]
    for (text, expected) in cases {
      var reader = ReplyReader()
      reader.append(octets(text))
      #expect(try reader.next() == nil)
      #expect(reader.awaitsCRLF == expected, "\(text)")
      reader.flushLenient()
      #expect((try reader.next() != nil) == expected, "\(text)")
    }
  }

  @Test("Octets that come after a flush are read as ever")
  func staleFlush() throws {
    var reader = ReplyReader()
    reader.append(octets("250 a"))
    reader.flushLenient()
    reader.append(octets("b\n"))
    #expect(try reader.next() == nil)
    reader.append(octets("c\r\n"))
    let summary = try #require(try reader.next())
    #expect(reader.reply(summary).octets == octets("250 ab\nc\r\n"))
  }
}
