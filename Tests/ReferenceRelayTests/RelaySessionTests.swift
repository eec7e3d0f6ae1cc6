// SPDX-License-Identifier: Apache-2.0
//
// The relay's machine in memory: what a client says, and what it is told, however its octets are cut.

import ReferenceRelay
import Testing

@Suite struct RelaySessionTests {
  /// A dialogue and the reply codes that belong to it, in order.
  struct Dialogue: Sendable, CustomTestStringConvertible {
    var name: String
    var role: RelayRole
    var sends: [String]
    var codes: [Int]
    var testDescription: String { name }

    init(_ name: String, role: RelayRole = .relay, _ sends: [String], _ codes: [Int]) {
      self.name = name
      self.role = role
      self.sends = sends
      self.codes = codes
    }
  }

  static let dialogues: [Dialogue] = [
    Dialogue(
      "a message",
      [
        "EHLO c\r\n", "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<user1@relaymark.test>\r\n",
        "DATA\r\n", "Subject: x\r\n\r\n..dot\r\n.\r\n", "QUIT\r\n",
      ], [220, 250, 250, 250, 354, 250, 221]),
    Dialogue(
      "unknown, foreign and sink recipients",
      [
        "EHLO c\r\n", "MAIL FROM:<>\r\n", "RCPT TO:<nobody@relaymark.test>\r\n",
        "RCPT TO:<a@foreign.example>\r\n", "RCPT TO:<any@sink.test>\r\n",
        "RCPT TO:<PostMaster>\r\n", "RSET\r\n", "RCPT TO:<user1@relaymark.test>\r\n",
      ], [220, 250, 250, 550, 550, 250, 250, 250, 503]),
    Dialogue(
      "LF.CRLF ends nothing, and such a message is refused",
      [
        "EHLO c\r\n", "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<user1@relaymark.test>\r\n",
        "DATA\r\n", "a\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\n", "NOOP\r\n",
      ], [220, 250, 250, 250, 354, 554, 250]),
    Dialogue(
      "a refused chunk is swallowed whole",
      ["EHLO c\r\n", "BDAT 12 LAST\r\nQUIT\r\nQUIT\r\n", "NOOP\r\n"], [220, 250, 503, 250]),
    Dialogue(
      "chunks",
      [
        "EHLO c\r\n", "MAIL FROM:<a@b.example> BODY=BINARYMIME\r\n",
        "RCPT TO:<user1@relaymark.test>\r\n", "DATA\r\n", "BDAT 3\r\na\nb", "BDAT 0 LAST\r\n",
        "BDAT 1 LAST\r\nx",
      ], [220, 250, 250, 250, 503, 250, 250, 503]),
    Dialogue(
      "LMTP answers once for each accepted recipient", role: .lmtp,
      [
        "EHLO c\r\n", "LHLO c\r\n", "MAIL FROM:<a@b.example>\r\n",
        "RCPT TO:<user1@relaymark.test>\r\n", "RCPT TO:<nobody@relaymark.test>\r\n",
        "RCPT TO:<user2@relaymark.test>\r\n", "DATA\r\n", "a\r\n.\r\n", "NOOP\r\n",
      ], [220, 500, 250, 250, 250, 550, 250, 354, 250, 250, 250]),
    Dialogue(
      "submission wants TLS first", role: .submission,
      ["EHLO c\r\n", "MAIL FROM:<a@b.example>\r\n", "NOOP\r\n", "STARTTLS x\r\n", "STARTTLS\r\n"],
      [220, 250, 530, 250, 501, 220]),
    Dialogue(
      "parameters",
      [
        "EHLO c\r\n", "MAIL FROM:<a@b.example> SIZE=99999999999999999999\r\n",
        "MAIL FROM:<a@b.example> SIZE=1 SIZE=1\r\n", "MAIL FROM:<a@b.example> X=1\r\n",
        "MAIL FROM:<a@b.example> RET=HDRS ENVID=a+2Bb\r\n",
        "RCPT TO:<user1@relaymark.test> NOTIFY=NEVER,DELAY\r\n",
        "RCPT TO:<user1@relaymark.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a\r\n",
      ], [220, 250, 552, 501, 555, 250, 501, 250]),
  ]

  @Test("Dialogues are answered alike, whole and octet by octet", arguments: dialogues)
  func dialogue(_ dialogue: Dialogue) {
    for isDripped in [false, true] {
      #expect(codes(of: dialogue, isDripped: isDripped) == dialogue.codes, "dripped \(isDripped)")
    }
  }

  private func codes(of dialogue: Dialogue, isDripped: Bool) -> [Int] {
    let environment = RelayEnvironment(role: dialogue.role, configuration: RelayConfiguration())
    let session = RelaySession(
      environment: environment, peer: RelayPeer(), tally: RelayTally(),
      at: RelayInstant(nanoseconds: 0))
    var output = RelayOutput()
    var said: [UInt8] = []
    session.begin(at: RelayInstant(nanoseconds: 0), into: &output)
    said += output.octets
    for text in dialogue.sends {
      let octets = Array(text.utf8)
      for piece in isDripped ? octets.map({ [$0] }) : [octets] {
        piece.withUnsafeBytes {
          session.receive($0, at: RelayInstant(nanoseconds: 1), into: &output)
        }
        said += output.octets
      }
    }
    return String(decoding: said, as: UTF8.self).split(separator: "\r\n").compactMap { line in
      line.dropFirst(3).first == " " ? Int(line.prefix(3)) : nil
    }
  }

  @Test("A client that says nothing is told so and let go at its deadline")
  func timeout() {
    let environment = RelayEnvironment(role: .relay, configuration: RelayConfiguration())
    let session = RelaySession(
      environment: environment, peer: RelayPeer(), tally: RelayTally(),
      at: RelayInstant(nanoseconds: 0))
    var output = RelayOutput()
    session.begin(at: RelayInstant(nanoseconds: 0), into: &output)
    session.woken(at: RelayInstant(nanoseconds: 1), into: &output)
    #expect(output.octets.isEmpty && !session.isOver)
    session.woken(at: session.deadline, into: &output)
    #expect(String(decoding: output.octets, as: UTF8.self).hasPrefix("421 4.4.2"))
    #expect(session.isOver)
  }
}
