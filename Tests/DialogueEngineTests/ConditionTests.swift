// SPDX-License-Identifier: Apache-2.0
//
// Regular expressions over replies, as conditions of an expectation.

import SMTPWire
import ScenarioLanguage
import Testing

@testable import DialogueEngine

struct ConditionTests {
  static let hello = "250-relay.relaymark.test hello\r\n250-SIZE 1000\r\n250 X_Y\r\n"

  @Test(
    "An expression is looked for in the reply as it was received",
    arguments: [
      (#"^250[ -][a-z.]+ "#, true), (#"\n250-SIZE [0-9]+\r"#, true), (#"Y\r\n$"#, true),
      (#"^(250-[^\r\n]+\r\n)*250 [^\r\n]+\r\n$"#, true), (#"[^\r]\n|\r[^\n]"#, false),
      (#"\n250[- ](?![A-Za-z0-9-]+[ \r])"#, true), (#"size"#, false), (#"(?i)size"#, true),
    ])
  func matches(_ expression: String, _ isThere: Bool) throws {
    let reply = try reply(Self.hello)
    #expect(
      (ScenarioLanguage.Expectation.Condition.matches(expression).unmet(
        by: .replies([reply]), HandshakeView()) == nil)
        == isThere)
    #expect(
      (ScenarioLanguage.Expectation.Condition.matchesNot(expression).unmet(
        by: .replies([reply]), HandshakeView()) == nil)
        != isThere)
  }

  @Test(
    "An expression is looked for in what the base64 of a 334 stands for, and in no other reply",
    arguments: [
      ("334 cj1hLHM9Yg==\r\n", "^r=a,s=b$", nil), ("334 \r\n", "^$", nil),
      ("535 5.7.8 no\r\n", "^r=", nil),
      ("334 cj1h\r\n", "^s=", "the challenge does not match ^s="),
      ("334 go on\r\n", ".", "the challenge is not base64"),
    ] as [(String, String, String?)])
  func challenge(_ line: String, _ expression: String, _ lack: String?) throws {
    let reply = try reply(line)
    #expect(
      ScenarioLanguage.Expectation.Condition.challenge(expression).unmet(
        by: .replies([reply]), HandshakeView()) == lack)
  }

  @Test("Every octet is one character")
  func octets() throws {
    let reply = try reply([UInt8]("250 a".utf8) + [0xC3, 0xA4, 0xFF, 13, 10])
    #expect(
      ScenarioLanguage.Expectation.Condition.matches(#"a...\r\n$"#).unmet(
        by: .replies([reply]), HandshakeView()) == nil)
    #expect(
      ScenarioLanguage.Expectation.Condition.matches(#"[\x80-\xff]{3}"#).unmet(
        by: .replies([reply]), HandshakeView()) == nil)
  }

  @Test("A reply that a rule lets through but a condition does not gets the other verdict")
  func otherwise() throws {
    var expectation = expect("250")
    expectation.conditions = [.matchesNot("_")]
    expectation.otherwise = .warn
    let judged = expectation.judge(
      .replies([try reply(Self.hello)]), origin: .script, phase: .ehlo)
    #expect(judged.verdict == .warn)
    #expect(judged.reason == "it matches _")
  }

  private func reply(_ text: String) throws -> Reply { try reply([UInt8](text.utf8)) }

  private func reply(_ octets: [UInt8]) throws -> Reply {
    var reader = ReplyReader()
    octets.withUnsafeBytes { reader.append($0) }
    let summary = try #require(try reader.next())
    return reader.reply(summary)
  }
}
