// SPDX-License-Identifier: Apache-2.0
//
// The grammar of mailboxes, domains and address literals, in tables.

import SMTPWire
import Testing

@Suite("Mailboxes and domains")
struct PathTests {
  @Test(
    "Mailboxes of RFC 5321 section 4.1.2 are read, and written so that they are read again",
    arguments: [
      "a@b", "user1@relaymark.test", "a.b.c@d.e", "!#$%&'*+-/=?^_`{|}~@example.com", "1@2.3",
      #""quoted string"@example.com"#, #""a@b"@example.com"#, #""a>b"@example.com"#,
      #""back\\slash\"quote"@example.com"#, #"" "@x"#, #""a..b"@x"#, #"".a"@x"#, #""\a\b"@x"#,
      "u@[192.0.2.1]", "u@[0.0.0.0]", "u@[255.255.255.255]", "u@[192.000.002.001]",
      "u@[IPv6:2001:db8::1]", "u@[ipv6:::1]", "u@[x-tag:content]", "u@[x:!Z^~]",
      "u@xn--bcher-kva.example",
      "u@a--b.c", "u@\(String(repeating: "l", count: 63)).example",
    ])
  func valid(text: String) throws {
    let mailbox = try PathParser.mailbox(octets(text))
    #expect(try PathParser.mailbox(octets(mailbox.description)) == mailbox)
  }

  @Test(
    "What is no mailbox is refused at its place",
    arguments: [
      ("", 0), ("a", 1), ("@b", 0), ("a@", 2), (".a@b", 0), ("a.@b", 2), ("a..b@c", 2),
      ("a b@c", 1), (#""a@b"#, 4), (#""a"b@c"#, 3), (#""a\"#, 3), ("a@b..c", 4), ("a@b.", 4),
      ("a@.b", 2), ("a@-b", 2), ("a@b-", 2), ("a@b-.c", 2), ("a@under_score.example", 7),
      ("a@b>", 3),
      ("a(c)@b", 1), ("a,b@c", 1), ("a@b@c", 3), ("\u{e9}@b", 0), ("a@\u{e9}", 2), ("a@b c", 3),
      ("a@\(String(repeating: "l", count: 64)).example", 2), ("\u{7f}@b", 0), ("\"\t\"@b", 1),
      ("\"\u{0}\"@b", 1), ("\"\r\n\"@b", 1), ("a\r\n@b", 1), ("a@b\r\n", 3),
    ])
  func invalid(text: String, offset: Int) {
    let fault = #expect(throws: SyntaxFault.self) { try PathParser.mailbox(octets(text)) }
    #expect(fault?.offset == offset, "\(fault?.description ?? "")")
  }

  @Test("Erratum 5414: an empty quoted string is no local part")
  func emptyQuoted() {
    #expect(throws: SyntaxFault(offset: 2, expected: "something between the quotes")) {
      try PathParser.mailbox(octets(#"""@d"#))
    }
  }

  @Test(
    "IPv6 literals in full, compressed and mixed forms are read",
    arguments: [
      "1:2:3:4:5:6:7:8", "::", "::8", "1::", "1::8", "1:2::7:8", "::3:4:5:6:7:8", "1:2:3:4:5:6::",
      "1:2:3::6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "ABCD:ef01::", "0000:0:00:000:0:0:0:1",
      "1:2:3:4:5:6:192.0.2.1", "::192.0.2.1", "::ffff:192.0.2.1", "1::192.0.2.1",
      "1:2:3:4::192.0.2.1",
      "1:2::5:6:192.0.2.1",
    ])
  func ipv6(address: String) throws {
    let mailbox = try PathParser.mailbox(octets("u@[IPv6:\(address)]"))
    #expect(mailbox.domain == .ipv6(address))
    #expect(mailbox.domain.description == "[IPv6:\(address)]")
  }

  @Test(
    "What is no address is no literal",
    arguments: [
      "IPv6:", "IPv6:1:2:3", "IPv6:1:2:3:4:5:6:7", "IPv6:1:2:3:4:5:6:7:8:9", "IPv6:1::2::3",
      "IPv6::::", "IPv6::1", "IPv6:1:2:3:4:5:6:7:", "IPv6:12345::", "IPv6:g::", "IPv6:::1::",
      "IPv6:1:2:3:4:5:6:7:192.0.2.1", "IPv6:192.0.2.1::", "IPv6:::192.0.2", "IPv6:fe80::1%eth0",
      "IPv6:1:2:3:4:5:6:7:8::", "::1", "1.2.3", "1.2.3.4.5", "256.1.1.1",
      "1.2.3.1000",
      "1..2.3", "1.2.3.x", "", "tag:", ":content", "-:x", "tag-:x", "t_g:x", "tag:a[b", "tag:a\\b",
    ])
  func badLiteral(content: String) {
    #expect(throws: SyntaxFault.self) { try PathParser.mailbox(octets("u@[\(content)]")) }
  }

  @Test("An IPv6 address without its tag is none: what stands before its first colon is a tag")
  func untagged() throws {
    #expect(
      try PathParser.mailbox(octets("u@[2001:db8::1]")).domain
        == .general(tag: "2001", content: "db8::1"))
  }

  @Test("Literals need their brackets")
  func brackets() {
    #expect(throws: SyntaxFault(offset: 12, expected: "]")) {
      try PathParser.mailbox(octets("a@[192.0.2.1"))
    }
    #expect(throws: SyntaxFault.self) { try PathParser.domain(octets("[192.0.2.1]x")) }
  }

  @Test("A domain stands alone, as behind EHLO")
  func domains() throws {
    #expect(try PathParser.domain(octets("MX.Example.COM")) == .name("mx.example.com"))
    #expect(try PathParser.domain(octets("[192.0.2.1]")) == .ipv4("192.0.2.1"))
    #expect(try PathParser.domain(octets("[X:y]")) == .general(tag: "X", content: "y"))
    for bad in ["", "a b", "a_b", "é.example", "a.", "<a>"] {
      #expect(throws: SyntaxFault.self) { try PathParser.domain(octets(bad)) }
    }
  }

  @Test("Plain and quoted forms of the same local part are equal, letter case is kept")
  func quotedEquals() throws {
    let plain = try PathParser.mailbox(octets("user1@example.com"))
    let quoted = try PathParser.mailbox(octets(#""us\er1"@EXAMPLE.com"#))
    #expect(plain == quoted)
    #expect(plain.hashValue == quoted.hashValue)
    #expect(quoted.localPart.wasQuoted)
    #expect(quoted.description == "user1@example.com")
    #expect(try PathParser.mailbox(octets("User1@example.com")) != plain)
  }

  @Test("UTF-8 is read where it was asked for, and only if it is UTF-8")
  func utf8() throws {
    for text in ["δ@π.example", #""δ ε"@π.example"#, "ж.и@例え.テスト"] {
      let mailbox = try PathParser.mailbox(octets(text), allowsUTF8: true)
      #expect(mailbox.description == text)
      #expect(throws: SyntaxFault.self) { try PathParser.mailbox(octets(text)) }
    }
    let bad: [[UInt8]] = [
      [0xFF, 64, 97], [34, 0xC3, 34, 64, 97], [97, 64, 0xE2, 0x82], [97, 64, 0xC0, 0x80],
      octets(#""\δ"@a"#),
    ]
    for text in bad {
      #expect(throws: SyntaxFault.self) { try PathParser.mailbox(text, allowsUTF8: true) }
    }
  }

  @Test("Lengths beyond the minimums of RFC 5321 section 4.5.3.1 are told, not refused")
  func lengths() throws {
    func exceeds(_ local: Int, _ labels: [Int]) throws -> Bool {
      let domain = labels.map { String(repeating: "d", count: $0) }.joined(separator: ".")
      let text = "TO:<\(String(repeating: "l", count: local))@\(domain)>"
      return try EnvelopeArgument.rcpt(octets(text), allowsUTF8: false).path.exceedsMinimumLimits
    }
    #expect(try !exceeds(64, [63, 63]))
    #expect(try exceeds(65, [1]))
    // 256 octets of path with its brackets; a domain of 255 never fits into one.
    #expect(try !exceeds(62, [63, 63, 63]))
    #expect(try exceeds(63, [63, 63, 63]))
    #expect(try exceeds(1, [63, 63, 63, 63, 63]))
  }

  @Test("A fault says what was expected, and where")
  func faultText() {
    let fault = #expect(throws: SyntaxFault.self) { try PathParser.mailbox(octets("a..b@c")) }
    #expect(fault?.description == "expected a character of a local part at octet 3")
  }
}
