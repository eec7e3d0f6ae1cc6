// SPDX-License-Identifier: Apache-2.0
//
// Base64 and the lines of the SMTP profile.

import SASLExchange
import Testing

@Suite struct Base64Tests {
  @Test(
    "The examples of RFC 4648, section 10, go both ways",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func examples(plain: String, encoded: String) throws {
    #expect(Base64.encode(octets(plain)) == octets(encoded))
    #expect(try Base64.decode(octets(encoded)) == octets(plain))
  }

  @Test("Every octet survives at every place in a group")
  func everyOctet() throws {
    for shift in 0..<3 {
      let plain = [UInt8](repeating: 0xA5, count: shift) + (0...255).map { UInt8($0) }
      #expect(try Base64.decode(Base64.encode(plain)) == plain)
    }
  }

  @Test(
    "Texts that a lax decoder reads are refused (RFC 4954, section 4)",
    arguments: [
      "=AAA", "AAA=BBB", "AAA=BBBB", "A", "AA", "AAA", "A===", "====", "=", "Zm9v=", "Zg==Zg==",
      "Zm9v\r\n", "Zm 9v", "Zm9-", "Zm9_", "Zg=A", "AGEA*YgBj", "Zh==", "Zm9=", "Zm9v\u{0}",
      "Zm9é", "!!!!",
    ])
  func refusals(text: String) {
    let error = #expect(throws: SASLError.self) { try Base64.decode(octets(text)) }
    #expect(error?.code == .badBase64)
  }

  @Test("A lone = is an empty message with AUTH and nothing at all on a line of its own")
  func emptyResponses() {
    #expect(SASLLine.initialResponse([]) == octets("="))
    #expect(SASLLine.read(initialResponse: octets("=")) == .message([]))
    #expect(SASLLine.read(response: []) == .message([]))
    guard case .malformed = SASLLine.read(response: octets("=")) else {
      Issue.record("= was read as a response")
      return
    }
  }

  @Test("A lone asterisk cancels, one among base64 does not")
  func cancellation() {
    #expect(SASLLine.read(response: octets("*")) == .cancelled)
    guard case .malformed(let error) = SASLLine.read(response: octets("AGEA*YgB")) else {
      Issue.record("an asterisk was read as base64")
      return
    }
    #expect(error.code == .badBase64)
  }

  @Test("A line of 12288 octets is read, a longer one is too long")
  func bounds() {
    let longest = [UInt8](repeating: 0x41, count: SASLLine.limit)
    #expect(
      SASLLine.read(response: longest)
        == .message([UInt8](repeating: 0, count: SASLLine.messageLimit)))
    #expect(SASLLine.read(response: longest + octets("AAAA")) == .tooLong)
    #expect(SASLLine.read(initialResponse: longest + octets("AAAA")) == .tooLong)
  }

  @Test("An initial response goes with AUTH while the command keeps to 512 octets")
  func commandLength() {
    // "AUTH PLAIN " and CRLF take 13 octets; 496 octets of base64 are the most that fit.
    let longest = [UInt8](repeating: 0, count: 372)
    #expect(SASLLine.fits(.plain, initialResponse: longest))
    #expect(!SASLLine.fits(.plain, initialResponse: longest + [0]))
  }
}
