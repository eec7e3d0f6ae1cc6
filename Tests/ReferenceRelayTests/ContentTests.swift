// SPDX-License-Identifier: Apache-2.0
//
// DATA, BDAT and what is said at the end of a message.

import MailContent
import ReferenceRelay
import Testing

/// What a client sends as content, and what comes of it.
struct SentContent: CustomTestStringConvertible, Sendable {
  var name: String
  var sends: String
  var statuses: String
  /// What is stored, where the message is accepted.
  var stored: String?

  init(_ name: String, _ sends: String, _ statuses: String, _ stored: String? = nil) {
    self.name = name
    self.sends = sends
    self.statuses = statuses
    self.stored = stored
  }

  var testDescription: String { name }
}

@Suite struct ContentTests {
  private func open(
    _ role: RelayRole = .relay, feeding: Feeding = .whole, mail: String = "<a@b.example>",
    _ change: (inout RelayConfiguration) -> Void = { _ in }
  ) -> Desk {
    let desk = Desk(role, feeding: feeding) { configuration in
      configuration.maildir = "in memory"
      change(&configuration)
    }
    desk.send(role == .lmtp ? "LHLO x\r\n" : "EHLO x\r\n")
    desk.send("MAIL FROM:\(mail)\r\n")
    desk.send("RCPT TO:<user1@relaymark.test>\r\n")
    return desk
  }

  static let behindDATA: [SentContent] = [
    SentContent("text", "a\r\n\r\nb\r\n.\r\n", "250 2.0.0", "a\r\n\r\nb\r\n"),
    SentContent("empty", ".\r\n", "250 2.0.0", ""),
    SentContent("stuffed", "..\r\n..a\r\n.b\r\n.\r\n", "250 2.0.0", ".\r\n.a\r\nb\r\n"),
    SentContent("8-bit", "\u{FC}\r\n.\r\n", "250 2.0.0", "\u{FC}\r\n"),
    SentContent("controls", "\u{1}\u{7F}\t\r\n.\r\n", "250 2.0.0", "\u{1}\u{7F}\t\r\n"),
    SentContent("bare LF", "a\nb\r\n.\r\n", "554 5.6.0"),
    SentContent("bare CR", "a\rb\r\n.\r\n", "554 5.6.0"),
    SentContent("NUL", "a\0b\r\n.\r\n", "554 5.6.0"),
    SentContent("LF . LF", "a\n.\nNOOP\r\n.\r\n", "554 5.6.0"),
    SentContent("LF . CRLF", "a\n.\r\nNOOP\r\n.\r\n", "554 5.6.0"),
    SentContent("CRLF . LF", "a\r\n.\nNOOP\r\n.\r\n", "554 5.6.0"),
    SentContent("CR . CR", "a\r.\rNOOP\r\n.\r\n", "554 5.6.0"),
    SentContent("NUL at the dot", "a\r\n.\0\r\nNOOP\r\n.\r\n", "554 5.6.0"),
    SentContent(
      "long line", String(repeating: "x", count: 5000) + "\r\n.\r\n", "250 2.0.0",
      String(repeating: "x", count: 5000) + "\r\n"),
  ]

  @Test("DATA", arguments: behindDATA, Feeding.allCases)
  func data(content: SentContent, feeding: Feeding) throws {
    let desk = open(feeding: feeding)
    desk.send("DATA\r\n")
    var said = desk.send(content.sends)
    if let stored = content.stored {
      let message = try #require(desk.message)
      #expect(String(decoding: message.content, as: UTF8.self) == stored)
      #expect(message.recipients == ["user1@relaymark.test"] && message.sender == "a@b.example")
      said += desk.finishStore(true)
      #expect(desk.counters.octets == stored.utf8.count && desk.counters.accepted == 1)
    } else {
      #expect(desk.counters.accepted == 0)
    }
    #expect(statuses(said) == content.statuses, "\(said)")
    #expect(statuses(desk.send("NOOP\r\n")) == "250 2.0.0")
  }

  static let behindBDAT: [SentContent] = [
    SentContent("one chunk", "BDAT 3 LAST\r\na\r\n", "250 2.0.0", "a\r\n"),
    SentContent("no CRLF at the end", "BDAT 1 LAST\r\na", "250 2.0.0", "a"),
    SentContent("dots are content", "BDAT 8 LAST\r\n..\r\n.\r\nx", "250 2.0.0", "..\r\n.\r\nx"),
    SentContent(
      "cut inside CRLF", "BDAT 2\r\na\rBDAT 2 LAST\r\n\nb", "250 2.0.0, 250 2.0.0", "a\r\nb"),
    SentContent(
      "empty chunks", "BDAT 0\r\nBDAT 1\r\nxBDAT 0 LAST\r\n", "250 2.0.0, 250 2.0.0, 250 2.0.0",
      "x"),
    SentContent("bare LF", "BDAT 3 LAST\r\na\nb", "554 5.6.0"),
    SentContent("bare CR at a border", "BDAT 1\r\n\rBDAT 1 LAST\r\nb", "250 2.0.0, 554 5.6.0"),
    SentContent("NUL", "BDAT 1 LAST\r\n\0", "554 5.6.0"),
    SentContent(
      "after LAST", "BDAT 3 LAST\r\na\nbBDAT 6 LAST\r\nQUIT\r\n", "554 5.6.0, 503 5.5.1"),
    SentContent(
      "no DATA behind BDAT", "BDAT 1\r\nxDATA\r\nRSET\r\n", "250 2.0.0, 503 5.5.1, 250 2.0.0"),
    SentContent(
      "RSET clears chunks", "BDAT 1\r\nxRSET\r\nBDAT 6 LAST\r\nQUIT\r\n",
      "250 2.0.0, 250 2.0.0, 503 5.5.1"),
    SentContent(
      "no RCPT behind BDAT", "BDAT 1\r\nxRCPT TO:<user2@relaymark.test>\r\n", "250 2.0.0, 503 5.5.1"
    ),
  ]

  @Test("BDAT", arguments: behindBDAT, Feeding.allCases)
  func chunks(content: SentContent, feeding: Feeding) throws {
    let desk = open(feeding: feeding)
    var said = desk.send(content.sends)
    if let stored = content.stored {
      let message = try #require(desk.message)
      #expect(String(decoding: message.content, as: UTF8.self) == stored)
      said += desk.finishStore(true)
    } else {
      #expect(desk.counters.accepted == 0)
    }
    #expect(statuses(said) == content.statuses, "\(said)")
    #expect(statuses(desk.send("NOOP\r\n")) == "250 2.0.0")
  }

  @Test("A chunk without a transaction or a recipient is read to its end, then refused once")
  func refusedChunks() {
    let desk = Desk()
    desk.send("EHLO x\r\n")
    #expect(statuses(desk.send("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")) == "503 5.5.1, 250 2.0.0")
    desk.send("MAIL FROM:<a@b.example>\r\n")
    let said = desk.send("BDAT 6\r\nQUIT\r\nBDAT 0\r\nBDAT 2 LAST\r\n\r\nNOOP\r\n")
    #expect(codes(said) == "554 554 554 250")
  }

  @Test("CHUNKING that is not offered swallows its octets too")
  func noChunking() {
    let desk = open { $0.extensions.remove(.chunking) }
    #expect(codes(desk.send("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")) == "502 250")
    #expect(codes(desk.send("MAIL FROM:<a@b.c> BODY=BINARYMIME\r\n")) == "503")
    desk.send("RSET\r\n")
    #expect(codes(desk.send("MAIL FROM:<a@b.c> BODY=BINARYMIME\r\n")) == "501")
  }

  @Test(
    "A chunk whose size is unknown ends the session",
    arguments: ["", " x", " -1", " 0x10", " 5 LASTX", " 18446744073709551616", " 9999999999"])
  func badChunk(argument: String) {
    let desk = open()
    let said = desk.send("BDAT\(argument)\r\nNOOP\r\n")
    #expect(codes(said) == (argument == " 9999999999" ? "552" : "501"))
    #expect(desk.close == .orderly)
  }

  @Test("Binary content goes in chunks alone, and keeps every octet")
  func binary() throws {
    let desk = open(mail: "<a@b.example> BODY=BINARYMIME")
    #expect(codes(desk.send("DATA\r\n")) == "503")
    desk.send([UInt8]("BDAT 5 LAST\r\n".utf8) + [0, 10, 13, 255, 10])
    #expect(try #require(desk.message).content == [0, 10, 13, 255, 10])
    #expect(codes(desk.finishStore(true)) == "250")
  }

  @Test("LMTP answers for each accepted recipient, accepted or not")
  func perRecipient() {
    let desk = open(.lmtp)
    desk.send("RCPT TO:<nobody@relaymark.test>\r\n")
    desk.send("RCPT TO:<user1@relaymark.test>\r\n")
    #expect(codes(desk.send("DATA\r\n")) == "354")
    desk.send("x\r\n.\r\n")
    #expect(codes(desk.finishStore(true)) == "250 250")
    desk.send(
      "MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nRCPT TO:<user2@relaymark.test>\r\n")
    #expect(codes(desk.send("BDAT 1\r\n\nBDAT 1 LAST\r\nx")) == "250 554 554")
  }

  @Test("LMTP is silent at the last chunk where nobody was accepted")
  func nobody() {
    let desk = Desk(.lmtp)
    desk.send("LHLO x\r\n")
    desk.send("MAIL FROM:<>\r\n")
    #expect(codes(desk.send("BDAT 1\r\nxBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")) == "503 250")
  }

  @Test("A message over the limit is refused at its end, and one far over it cut off")
  func tooBig() {
    let desk = open { $0.limits.messageSize = 1000 }
    desk.send("DATA\r\n")
    let line = String(repeating: "x", count: 98) + "\r\n"
    #expect(desk.send(String(repeating: line, count: 11)) == "")
    #expect(statuses(desk.send(".\r\n")) == "552 5.3.4")
    desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n")
    // Stuffed dots do not count.
    desk.send(String(repeating: ".." + line.dropFirst(), count: 10) + ".\r\n")
    #expect(codes(desk.finishStore(true)) == "250")
    desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n")
    #expect(codes(desk.send(String(repeating: line, count: 60))) == "552")
    #expect(desk.close == .orderly)
  }

  @Test("A chunk that makes the message too big is read and refused, and so are those behind it")
  func tooBigChunks() {
    let desk = open { $0.limits.messageSize = 10 }
    let said = desk.send("BDAT 6\r\n123456BDAT 6\r\nQUIT\r\nBDAT 0 LAST\r\nNOOP\r\n")
    #expect(codes(said) == "250 552 503 250")
  }

  @Test("More trace fields than the limit are a loop", arguments: [(100, "250"), (101, "554")])
  func loop(fields: Int, code: String) {
    let desk = Desk(feeding: .whole)
    desk.send("EHLO x\r\n")
    desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n")
    let header = String(repeating: "RECEIVED: from x\r\n\tby y\r\n", count: fields)
    #expect(
      codes(desk.send("Received-SPF: x\r\n\(header)\r\nReceived: in the body\r\n.\r\n")) == code)
  }

  @Test("A message that cannot be stored is refused for now, and counted")
  func notStored() {
    let desk = open()
    desk.send("DATA\r\n")
    desk.send("x\r\n.\r\nNOOP\r\n")
    #expect(desk.message != nil)
    #expect(statuses(desk.finishStore(false)) == "451 4.3.0, 250 2.0.0")
    #expect(desk.counters.storesFailed == 1 && desk.counters.accepted == 0)
    desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n")
    desk.send("x\r\n.\r\n")
    #expect(statuses(desk.wait(.seconds(121))) == "451 4.3.0")
    #expect(desk.close == .orderly && desk.finishStore(true) == "")
  }

  @Test("What sessions may hold together is bounded")
  func budget() {
    let desk = open { $0.limits.collectedOctets = 10 }
    desk.send("DATA\r\n")
    #expect(statuses(desk.send("0123456789\r\n.\r\n")) == "452 4.3.1")
    desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n")
    desk.send("01234567\r\n.\r\n")
    #expect(codes(desk.finishStore(true)) == "250")
  }

  @Test("A client that goes in the middle of a message leaves nothing behind")
  func gone() {
    let desk = open()
    desk.send("DATA\r\n")
    desk.send("x\r\n")
    #expect(desk.endInput() == "")
    #expect(desk.close == .orderly && desk.counters.accepted == 0)
  }

  @Test("A client that sends no more still gets the reply to its message")
  func halfClosed() {
    let desk = open()
    desk.send("DATA\r\n")
    desk.send("x\r\n.\r\n")
    #expect(desk.endInput() == "" && desk.close == nil)
    #expect(codes(desk.finishStore(true)) == "250")
    #expect(desk.close == .orderly)
  }

  @Test("Marks are read: intact, changed, missing, and what comes twice")
  func integrity() throws {
    let desk = Desk { $0.checksIntegrity = true }
    desk.send("EHLO x\r\n")
    let body = "hello\r\n"
    let digest = "cd2eca3535741f27a8ae40c31b0c41d4057a7a7b912b33b9aed86485d1c84676"
    let mark = """
      X-Relaymark-Run: r\r\nX-Relaymark-Session: 01\r\nX-Relaymark-Message: 02\r
      X-Relaymark-Digest: \(digest)\r\n\r\n
      """
    for content in [mark + body, mark + body + "more\r\n", "Subject: x\r\n\r\n" + body] {
      desk.send("MAIL FROM:<>\r\nRCPT TO:<user1@relaymark.test>\r\nDATA\r\n")
      #expect(codes(desk.send(content + ".\r\n")) == "250")
    }
    let counters = desk.counters
    #expect(counters.intact == 1 && counters.changed == 1 && counters.unmarked == 1)
    #expect(counters.duplicates == 1)
  }
}
