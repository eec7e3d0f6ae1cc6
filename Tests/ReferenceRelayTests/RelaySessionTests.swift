// SPDX-License-Identifier: Apache-2.0
//
// Commands and transactions of an honest relay: order, forgetting, envelopes, what is offered.

import ReferenceRelay
import Testing

/// What a client sends to a greeted session, and the statuses that it gets.
struct Exchange: CustomTestStringConvertible, Sendable {
  var name: String
  var role: RelayRole
  var sends: [String]
  var statuses: String

  init(_ name: String, _ sends: [String], _ statuses: String) {
    self.init(name, .relay, sends, statuses)
  }

  init(_ name: String, _ role: RelayRole, _ sends: [String], _ statuses: String) {
    self.name = name
    self.role = role
    self.sends = sends
    self.statuses = statuses
  }

  var testDescription: String { name }
}

private let mail = "MAIL FROM:<a@b.example>\r\n"
private let rcpt = "RCPT TO:<user1@relaymark.test>\r\n"

@Suite struct RelaySessionTests {
  static let orders: [Exchange] = [
    Exchange(
      "a transaction", ["EHLO x\r\n", mail, rcpt, "DATA\r\n", "S: x\r\n\r\n.\r\n", "QUIT\r\n"],
      "250, 250 2.1.0, 250 2.1.5, 354, 250 2.0.0, 221 2.0.0"),
    Exchange("HELO", ["HELO x\r\n", mail], "250, 250 2.1.0"),
    Exchange("mail before hello", [mail, rcpt, "DATA\r\n"], "503 5.5.1, 503 5.5.1, 503 5.5.1"),
    Exchange(
      "any time", ["NOOP x\r\n", "RSET\r\n", "HELP\r\n", "VRFY user1\r\n", "EXPN list\r\n"],
      "250 2.0.0, 250 2.0.0, 214 2.0.0, 252 2.1.5, 502 5.5.1"),
    Exchange(
      "no arguments", ["RSET x\r\n", "DATA x\r\n", "QUIT x\r\n", "STARTTLS x\r\n", "VRFY\r\n"],
      "501 5.5.4, 501 5.5.4, 501 5.5.4, 501 5.5.4, 501 5.5.4"),
    Exchange(
      "unknown and unwanted", ["XYZZY\r\n", "FOOBAR x\r\n", "TURN\r\n", "SEND FROM:<a@b.c>\r\n"],
      "500 5.5.1, 500 5.5.1, 502 5.5.1, 502 5.5.1"),
    Exchange("hello names", ["EHLO\r\n", "EHLO a b\r\n", "EHLO [1.2.3.4]\r\n"], "501, 501, 250"),
    Exchange(
      "hello literals", ["EHLO [IPv6:::1]\r\n", "EHLO [x]\r\n", "HELO a_b\r\n"], "250, 501, 250"),
    Exchange(
      "LMTP says LHLO", .lmtp, ["EHLO x\r\n", "HELO x\r\n", "LHLO x\r\n"], "500, 500, 250"),
    Exchange("SMTP knows no LHLO", ["LHLO x\r\n"], "500"),
    Exchange(
      "RSET forgets", ["EHLO x\r\n", mail, rcpt, "RSET\r\n", "DATA\r\n", mail],
      "250, 250 2.1.0, 250 2.1.5, 250 2.0.0, 503 5.5.1, 250 2.1.0"),
    Exchange(
      "EHLO forgets", ["EHLO x\r\n", mail, rcpt, "EHLO x\r\n", rcpt],
      "250, 250 2.1.0, 250 2.1.5, 250, 503 5.5.1"),
    Exchange(
      "a refused EHLO forgets nothing", ["EHLO x\r\n", mail, "EHLO -\r\n", rcpt],
      "250, 250 2.1.0, 501, 250 2.1.5"),
    Exchange(
      "no nested MAIL", ["EHLO x\r\n", mail, mail, rcpt],
      "250, 250 2.1.0, 503 5.5.1, 250 2.1.5"),
    Exchange(
      "a refused MAIL opens nothing", ["EHLO x\r\n", "MAIL FROM:<x\r\n", rcpt],
      "250, 501 5.1.7, 503 5.5.1"),
    Exchange(
      "no recipients", ["EHLO x\r\n", mail, "DATA\r\n", rcpt, "DATA\r\n"],
      "250, 250 2.1.0, 554 5.5.1, 250 2.1.5, 354"),
    Exchange(
      "no recipients in LMTP", .lmtp, ["LHLO x\r\n", mail, "DATA\r\n"],
      "250, 250 2.1.0, 503 5.5.1"),
    Exchange(
      "a message ends the transaction",
      ["EHLO x\r\n", mail, rcpt, "DATA\r\n", "a\nb\r\n.\r\n", rcpt, mail],
      "250, 250 2.1.0, 250 2.1.5, 354, 554 5.6.0, 503 5.5.1, 250 2.1.0"),
    Exchange(
      "submission wants TLS first", .submission,
      ["EHLO x\r\n", mail, rcpt, "DATA\r\n", "AUTH PLAIN\r\n", "NOOP\r\n"],
      "250, 530 5.7.0, 530 5.7.0, 530 5.7.0, 530 5.7.0, 250 2.0.0"),
    Exchange("no AUTH on a relay", ["EHLO x\r\n", "AUTH PLAIN AGEAYg==\r\n"], "250, 503 5.5.1"),
    Exchange(
      "no ETRN on submission", .submission, ["EHLO x\r\n", "ETRN a.b\r\n"], "250, 502 5.5.1"),
    Exchange(
      "ETRN",
      [
        "ETRN relaymark.test\r\n", "EHLO x\r\n", "ETRN\r\n", "ETRN relaymark.test\r\n",
        "ETRN foreign.example\r\n", mail, "ETRN relaymark.test\r\n",
      ],
      "503 5.5.1, 250, 501 5.5.4, 251 2.0.0, 459 4.7.1, 250 2.1.0, 503 5.5.1"),
    Exchange(
      "stray octets", ["NOOP\r x\r\n", "NOOP\0\r\n", "NOOP\n\r\n"],
      "500 5.5.2, 500 5.5.2, 500 5.5.2"),
    Exchange(
      "trailing space", ["EHLO x \r\n", mail.replacing("\r", with: "  \r")], "250, 250 2.1.0"),
    Exchange(
      "any case", ["ehlo x\r\n", "mail from:<a@b.c>\r\n", "Rcpt To:<USER1@RELAYMARK.TEST>\r\n"],
      "250, 250 2.1.0, 250 2.1.5"),
    Exchange(
      "verbs of VRFY with a parameter", ["VRFY user1@relaymark.test SMTPUTF8\r\n"], "252 2.1.5"),
  ]

  @Test("Commands are answered in order, however they come in", arguments: orders, Feeding.allCases)
  func order(exchange: Exchange, feeding: Feeding) {
    let desk = Desk(exchange.role, feeding: feeding)
    _ = desk.take()
    let said = exchange.sends.map { desk.send($0) }.joined()
    #expect(statuses(said) == exchange.statuses, "\(said)")
  }

  @Test("A group is answered in one batch, and in order")
  func pipelining() {
    let desk = Desk()
    _ = desk.take()
    desk.send("EHLO x\r\n")
    let said = desk.send(
      "BAD\r\n" + mail + rcpt + "RCPT TO:<nobody@relaymark.test>\r\nRSET\r\nNOOP\r\n" + mail + rcpt
        + "DATA\r\n")
    #expect(codes(said) == "500 250 250 550 250 250 250 250 354")
    #expect(codes(desk.send("x\r\n.\r\n" + mail + rcpt + "QUIT\r\n")) == "250 250 250 221")
    #expect(desk.close == .orderly)
    #expect(desk.counters.accepted == 1)
  }

  @Test("The greeting names the host and the protocol", arguments: [RelayRole.relay, .lmtp])
  func greeting(role: RelayRole) {
    let word = role == .lmtp ? "LMTP" : "ESMTP"
    #expect(Desk(role).take() == "220 relay.relaymark.test \(word)\r\n")
  }

  @Test(
    "What is offered fits the role",
    arguments: [
      (RelayRole.relay, ["STARTTLS", "ETRN", "SIZE 33554432", "LIMITS RCPTMAX=1000"], ["AUTH"]),
      (.submission, ["STARTTLS", "CHUNKING", "DSN"], ["ETRN", "AUTH"]),
      (.lmtp, ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME"], ["ETRN", "AUTH"]),
    ])
  func capabilities(role: RelayRole, offered: [String], absent: [String]) {
    let desk = Desk(role)
    _ = desk.take()
    let lines = desk.send(role == .lmtp ? "LHLO x\r\n" : "EHLO x\r\n").split(separator: "\r\n")
    #expect(lines.first == "250-relay.relaymark.test at your service")
    let keywords = lines.dropFirst().map { String($0.dropFirst(4)) }
    for line in offered { #expect(keywords.contains(line), "\(keywords)") }
    for word in absent { #expect(!keywords.contains { $0.hasPrefix(word) }, "\(keywords)") }
    #expect(lines.last?.dropFirst(3).first == " ")
    #expect(lines.dropLast().allSatisfy { $0.hasPrefix("250-") })
  }

  @Test("HELO lists nothing")
  func helo() {
    let desk = Desk()
    _ = desk.take()
    #expect(desk.send("HELO x\r\n") == "250 relay.relaymark.test\r\n")
  }

  @Test(
    "Input behind a hello ends the session",
    arguments: ["EHLO x\r\nQUIT\r\n", "HELO x\r\nNOOP\r\n"])
  func outOfSync(input: String) {
    let desk = Desk()
    _ = desk.take()
    #expect(codes(desk.send(input)) == "250 554")
    #expect(desk.close == .orderly)
  }

  @Test("A browser is shown the door", arguments: ["GET / HTTP/1.1\r\n", "POST /x HTTP/1.0\r\n"])
  func browser(line: String) {
    let desk = Desk()
    _ = desk.take()
    #expect(codes(desk.send(line + "MAIL FROM:<a@b.c>\r\n")) == "421")
    #expect(desk.close == .orderly)
  }

  @Test(
    "VRFY tells the truth where it is told to",
    arguments: [
      ("user1", "250 2.1.5 <user1@relaymark.test>"), ("nobody", "550 5.1.1"),
      ("<user2@relaymark.test>", "250 2.1.5 <user2@relaymark.test>"), ("a@foreign.example", "252"),
      ("a b", "501"), ("a@b@c", "501"),
    ])
  func verification(name: String, reply: String) {
    let desk = Desk { $0.verification = .truthful }
    _ = desk.take()
    #expect(desk.send("VRFY \(name)\r\n").hasPrefix(reply))
  }

  @Test("Enhanced codes are on every line but those of greeting, hello and 354, or nowhere")
  func enhancedCodes() {
    let plain = Desk { $0.extensions.remove(.enhancedStatusCodes) }
    _ = plain.take()
    plain.send("EHLO x\r\n")
    #expect(plain.send("NOOP\r\n") == "250 OK\r\n")
    let desk = Desk()
    _ = desk.take()
    let help = desk.send("HELP\r\n").split(separator: "\r\n")
    #expect(help.count > 1 && help.allSatisfy { $0.dropFirst(4).hasPrefix("2.0.0 ") })
  }

  @Test("The end of a session is told once, and nothing is read behind it")
  func end() {
    let desk = Desk()
    _ = desk.take()
    #expect(codes(desk.send("QUIT\r\nNOOP\r\n")) == "221")
    #expect(desk.send("NOOP\r\n") == "")
    #expect(desk.session.isEnded)
  }

  @Test("A relay that goes down tells idle clients at once, and others behind their message")
  func shutdown() {
    let idle = Desk()
    _ = idle.take()
    #expect(statuses(idle.shutDown()) == "421 4.3.2")
    #expect(idle.close == .orderly)
    let busy = Desk()
    busy.send("EHLO x\r\n")
    busy.send(mail + rcpt + "DATA\r\n")
    #expect(busy.shutDown() == "")
    #expect(statuses(busy.send("x\r\n.\r\n")) == "250 2.0.0, 421 4.3.2")
    #expect(busy.close == .orderly)
  }
}
