// SPDX-License-Identifier: Apache-2.0
//
// Command lines, envelope arguments, parameters, xtext and chunk sizes.

import SMTPWire
import Testing

@Suite("Commands and their arguments")
struct CommandTests {
  @Test("Verb and argument are told apart")
  func commandLine() {
    let line = CommandLine(line: octets("mail  FROM:<a@b>  "))
    #expect(line.command == .mail)
    #expect(line.verb == "MAIL")
    #expect(line.argument == octets(" FROM:<a@b>"))
    #expect(line.hasArgument)
    #expect(!CommandLine(line: octets("RSET ")).hasArgument)
    #expect(CommandLine(line: octets("RSET ")).command == .rset)
    #expect(CommandLine(line: octets("XYZZY")).command == nil)
    #expect(CommandLine(line: octets("\u{0}é")).verb == #"\x00\xc3\xa9"#)
    #expect(CommandLine(line: []).verb == "")
    #expect(CommandLine(line: octets(" EHLO x")).command == nil)
    #expect(CommandLine(line: octets("EHLO\tx")).command == nil)
  }

  @Test(
    "Every verb is known in any letter case, and no longer or shorter one",
    arguments: Command.allCases)
  func verbs(command: Command) {
    let word = command.rawValue
    let mixed = word.lowercased().prefix(2) + word.dropFirst(2)
    #expect(CommandLine(line: octets(word)).command == command)
    #expect(CommandLine(line: octets(word.lowercased())).command == command)
    #expect(CommandLine(line: octets(mixed + " x")).command == command)
    #expect(CommandLine(line: octets(word + "X")).command == nil)
    #expect(CommandLine(line: octets("\u{0}" + word)).command == nil)
    #expect(CommandLine(line: octets(String(word.dropLast()))).command == nil)
  }

  @Test("Envelope arguments: null path, postmaster, source routes, parameters")
  func envelope() throws {
    let null = try EnvelopeArgument.mail(octets("FROM:<>"), allowsUTF8: false)
    #expect(null.path.target == .null)
    #expect(null.path.length == 2)
    let routed = try EnvelopeArgument.rcpt(
      octets("to:<@one.example,@two.example:a@b> NOTIFY=NEVER orcpt=rfc822;a+40b X-Y  "),
      allowsUTF8: false)
    #expect(routed.path.sourceRoute == ["one.example", "two.example"])
    #expect(routed.path.mailbox?.description == "a@b")
    #expect(routed.path.description == "<@one.example,@two.example:a@b>")
    #expect(routed.parameters.map(\.keyword) == ["NOTIFY", "ORCPT", "X-Y"])
    #expect(routed.parameter("ORCPT")?.value == octets("rfc822;a+40b"))
    #expect(routed.parameter("X-Y")?.value == nil)
    #expect(routed.parameter("SIZE") == nil)
    #expect(routed.parameters.map(\.description) == ["NOTIFY=NEVER", "ORCPT=rfc822;a+40b", "X-Y"])
  }

  @Test("F039: an equals sign in an address is no matter of its parameters")
  func equalsInAddress() throws {
    let argument = try EnvelopeArgument.mail(
      octets("FROM:<SRS0=ab=cd=y=u@z> BODY=8BITMIME"), allowsUTF8: false)
    #expect(argument.path.mailbox?.localPart.octets == octets("SRS0=ab=cd=y=u"))
    #expect(argument.parameters == [ESMTPParameter(keyword: "body", value: octets("8BITMIME"))])
  }

  @Test("F040: the null path is a reverse-path and no forward-path")
  func nullPath() throws {
    #expect(throws: SyntaxFault(offset: 4, expected: "a character of a local part")) {
      try EnvelopeArgument.rcpt(octets("TO:<>"), allowsUTF8: false)
    }
    #expect(
      try EnvelopeArgument.mail(octets("from:<> SIZE=5"), allowsUTF8: false).path.target == .null)
  }

  @Test(
    "Postmaster needs no domain in RCPT, in any letter case",
    arguments: ["TO:<postmaster>", "TO:<PostMaster>", "To:<POSTMASTER>"])
  func postmaster(text: String) throws {
    let path = try EnvelopeArgument.rcpt(octets(text), allowsUTF8: false).path
    #expect(path.target == .postmaster)
    #expect(path.length == 12)
  }

  @Test(
    "Envelope arguments outside the grammar are refused at their place",
    arguments: [
      ("", 0), ("FROM", 0), ("FROM <a@b>", 0), ("TO:<a@b>", 0), ("FROM:", 5), ("FROM:a@b", 5),
      ("FROM: <a@b>", 5), ("FROM:<a@b", 9), ("FROM:<a@b>SIZE=1", 10), ("FROM:<a@b> SIZE=", 16),
      ("FROM:<a@b> =1", 11), ("FROM:<a@b> SIZE=1=2", 17), ("FROM:<a@b> -X=1", 11),
      ("FROM:<a@b> SIZE=\u{1}", 16), ("FROM:<a@b> SIZE=é", 16), ("FROM:<a@b>\tX", 10),
      ("FROM:<postmaster>", 16), ("FROM:<<a@b>>", 6), ("FROM:<@c:>", 9), ("FROM:<@c>", 8),
      ("FROM:<@c,d:a@b>", 9), ("FROM:<@c,>", 9), ("FROM:<a@b>>", 10), ("FROM:<é@b>", 6),
    ])
  func badMail(text: String, offset: Int) {
    let fault = #expect(throws: SyntaxFault.self) {
      try EnvelopeArgument.mail(octets(text), allowsUTF8: false)
    }
    #expect(fault?.offset == offset, "\(fault?.description ?? "")")
  }

  @Test("UTF-8 in values is read where it was asked for, and only if it is UTF-8")
  func utf8Values() throws {
    let text = octets("FROM:<δ@π.example> ENVID=λ")
    let argument = try EnvelopeArgument.mail(text, allowsUTF8: true)
    #expect(argument.parameter("ENVID")?.value == octets("λ"))
    #expect(argument.path.description == "<δ@π.example>")
    #expect(throws: SyntaxFault(offset: 17, expected: "valid UTF-8")) {
      try EnvelopeArgument.mail(octets("FROM:<a@b> ENVID=") + [0xC3], allowsUTF8: true)
    }
  }

  @Test("Xtext goes there and back for all octets")
  func xtext() throws {
    let all = Array(UInt8.min...UInt8.max)
    #expect(try XText.decoded(XText.encoded(all)) == all)
    #expect(XText.encoded(octets("a+b=c d")) == octets("a+2Bb+3Dc+20d"))
    #expect(try XText.decoded(octets("+41+2B")) == octets("A+"))
  }

  @Test(
    "What is no xtext is refused at its place",
    arguments: [
      ("a+4", 1), ("+", 0), ("a+4g", 1), ("a+2b", 1), ("a=b", 1), ("a b", 1), ("é", 0), ("+2B+", 3),
    ])
  func badXText(text: String, offset: Int) {
    let fault = #expect(throws: SyntaxFault.self) { try XText.decoded(octets(text)) }
    #expect(fault?.offset == offset)
  }

  @Test(
    "BDAT takes a size and LAST",
    arguments: [
      ("0", 0, false), ("0 LAST", 0, true), ("1000 last", 1000, true), ("5  LAST", 5, true),
      ("007", 7, false), ("000000000000000000000000000001", 1, false),
      ("9223372036854775807", Int.max, false),
    ])
  func chunk(text: String, size: Int, isLast: Bool) throws {
    let chunk = try ChunkArgument(octets(text))
    #expect(chunk.size == size)
    #expect(chunk.isLast == isLast)
  }

  @Test(
    "BDAT refuses other words and sizes that no integer holds",
    arguments: [
      ("", 0), ("x", 0), ("-1", 0), ("+1", 0), ("0x10", 1), ("1.5", 1), ("1 LASTX", 2),
      ("1LAST", 1),
      ("9223372036854775808", 0), ("99999999999999999999999", 0), ("1 2", 2), ("1 ", 2),
      ("LAST", 0), ("１", 0),
    ])
  func badChunk(text: String, offset: Int) {
    let fault = #expect(throws: SyntaxFault.self) { try ChunkArgument(octets(text)) }
    #expect(fault?.offset == offset)
  }
}
