// SPDX-License-Identifier: Apache-2.0
//
// What an EHLO reply offers, in the forms that real servers have.

import SMTPWire
import Testing

@Suite("Capabilities of a server")
struct CapabilitiesTests {
  private func capabilities(_ lines: String...) throws -> Capabilities {
    let last = lines.count - 1
    let text = lines.enumerated().map { "250\($0 == last ? " " : "-")\($1)\r\n" }.joined()
    let heard = Heard.reading([octets(text)[...]])
    return Capabilities(helloReply: try #require(heard.replies.first?.reply))
  }

  @Test("The first line is the server's domain, never a keyword")
  func firstLine() throws {
    let offered = try capabilities("PIPELINING.example.com Hello", "SIZE 1000")
    #expect(offered.greetingDomain == "PIPELINING.example.com")
    #expect(!offered.offers("PIPELINING"))
    #expect(offered.sizeLimit == 1000)
  }

  @Test("A reply of one line offers nothing, whatever the line says")
  func oneLine() throws {
    let offered = try capabilities("PIPELINING")
    #expect(offered.keywords.isEmpty)
    #expect(offered.lines.isEmpty)
    #expect(offered.greetingDomain == "PIPELINING")
    #expect(try capabilities("").greetingDomain == "")
    let bare = Capabilities(helloReply: Reply(code: 250, octets: octets("250\r\n")))
    #expect(bare == Capabilities())
  }

  @Test("Keywords and arguments match whole words in any letter case")
  func letterCase() throws {
    let offered = try capabilities("h", "pipelining", "Auth plain LOGIN", "8BITMIMEX")
    #expect(offered.offers("PIPELINING"))
    #expect(offered.offers("AUTH PLAIN"))
    #expect(offered.offers("auth login"))
    #expect(offered.offers("AUTH LOGIN PLAIN"))
    #expect(!offered.offers("AUTH CRAM-MD5"))
    #expect(!offered.offers("8BITMIME"))
    #expect(!offered.offers(""))
    #expect(offered.authMechanisms == ["PLAIN", "LOGIN"])
    #expect(offered.keywords["AUTH"] == ["plain", "LOGIN"])
  }

  @Test("F016: AUTH= is an alias, the lists are joined, and no mechanism is called =PLAIN")
  func authEquals() throws {
    let both = try capabilities("h", "AUTH PLAIN LOGIN", "AUTH=PLAIN LOGIN CRAM-MD5")
    #expect(both.authMechanisms == ["PLAIN", "LOGIN", "CRAM-MD5"])
    #expect(both.observations == [.authEquals])
    #expect(both.offers("AUTH CRAM-MD5"))
    let reversed = try capabilities("h", "AUTH=LOGIN", "AUTH PLAIN LOGIN")
    #expect(reversed.authMechanisms == ["LOGIN", "PLAIN"])
    #expect(reversed.observations == [.authEquals])
    let odd = try capabilities("h", "AUTH =PLAIN login")
    #expect(odd.authMechanisms == ["PLAIN", "LOGIN"])
    #expect(odd.observations == [.authEquals])
  }

  @Test("F016: mechanisms that only an AUTH= line names are offered, and noted")
  func onlyAuthEquals() throws {
    let only = try capabilities("h", "AUTH=PLAIN")
    #expect(only.authMechanisms == ["PLAIN"])
    #expect(only.offers("AUTH PLAIN"))
    #expect(only.observations == [.authEquals, .onlyAuthEquals])
    #expect(try capabilities("h", "AUTH=").authMechanisms.isEmpty)
  }

  @Test("SIZE without a number, SIZE 0 and a number beyond all bounds give no fixed limit")
  func size() throws {
    for line in ["SIZE", "SIZE 0", "SIZE x", "SIZE -5", "SIZE 99999999999999999999"] {
      let offered = try capabilities("h", line)
      #expect(offered.sizeLimit == nil, "\(line)")
      #expect(offered.offers("SIZE"), "\(line)")
    }
    #expect(try capabilities("h", "size 10240000").sizeLimit == 10_240_000)
  }

  @Test("Duplicates and keywords outside the grammar are noted")
  func observations() throws {
    let twice = try capabilities("h", "SIZE 1", "SIZE 2", "AUTH PLAIN", "auth LOGIN plain")
    #expect(twice.observations == [.duplicate])
    #expect(twice.keywords["SIZE"] == ["1", "2"])
    #expect(twice.authMechanisms == ["PLAIN", "LOGIN"])
    #expect(try capabilities("h", "XVERP=Courier").observations == [.badSyntax])
    #expect(try capabilities("h", "-X").observations == [.badSyntax])
    #expect(try capabilities("h", "X-EXPS GSSAPI").observations == [])
  }

  @Test("A last line that names nothing, as of smtp-sink, offers nothing")
  func emptyLine() throws {
    let offered = try capabilities("h", "DSN", "")
    #expect(offered.lines == ["DSN"])
    #expect(Array(offered.keywords.keys) == ["DSN"])
    #expect(offered.observations == [])
    let bare = Capabilities(
      helloReply: Reply(code: 250, octets: octets("250-h\r\n250-DSN\r\n250\r\n")))
    #expect(bare == offered)
  }

  @Test("A list whose lines end in LF alone is read")
  func bareLF() {
    let heard = Heard.everywhere(octets("220 x\r\n250-h\n250-DSN\n250 SIZE 5\r\n"))
    let offered = heard.replies.last.map { Capabilities(helloReply: $0.reply) }
    #expect(offered?.lines == ["DSN", "SIZE 5"])
  }

  @Test("A refused hello offers nothing")
  func refused() {
    let reply = Reply(code: 550, octets: octets("550-no\r\n550 SIZE 1\r\n"))
    #expect(Capabilities(helloReply: reply) == Capabilities())
  }

  @Test("Octets that are no text are shown escaped and match no keyword")
  func notText() {
    let line = octets("250-h\r\n250 ") + [0xB7, 0x00] + octets("SIZE\r\n")
    let offered = Capabilities(helloReply: Reply(code: 250, octets: line))
    #expect(offered.lines == [#"\xb7\x00SIZE"#])
    #expect(offered.observations == [.badSyntax])
  }
}
