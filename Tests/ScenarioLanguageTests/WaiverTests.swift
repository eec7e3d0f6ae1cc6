// SPDX-License-Identifier: Apache-2.0
//
// Waiver files: what they can say, and that nothing in them is taken without a reason or for nothing.

import JSONText
import Testing

@testable import ScenarioLanguage

struct WaiverTests {
  static let ids = [
    "rfc5321/4.1.1.4-data/lf-dot-lf", "rfc5321/4.1.1.4-data/crcrlf", "rfc3207/4-starttls/first",
    "invariants/reply-text",
  ]

  private func read(_ text: String) throws -> WaiverFile {
    let value = try JSONReader.read(octets: Array(text.utf8), file: "w.json")
    return try WaiverFile.decode(value, file: "w.json")
  }

  @Test("A waiver says all that it can say")
  func whole() throws {
    let text = #"""
      {"$schema": "waivers.schema.json", "target": "the old one", "waivers": [
        {"check": "rfc5321/4.1.1.4-data/crcrlf", "role": "relay", "gate": "TLS+AUTH",
         "verdicts": ["fail", "warn"], "reason": "RFC 5321"},
        {"check": "invariants/reply-text", "reason": "r"}]}
      """#
    let value = try JSONReader.read(octets: Array(text.utf8), file: "w.json")
    let schema = try JSONSchema(try Tree.json("waivers.schema.json"), file: "waivers.schema.json")
    #expect(schema.violations(of: value).map(\.description) == [])
    let file = try read(text)
    #expect(file.waivers.count == 2)
    let first = try #require(file.waivers.first)
    #expect(first.role == .relay && first.gate == .full && first.verdicts == [.fail, .warn])
    #expect(first.reason == "RFC 5321" && first.place == "w.json:2")
    #expect(file.waivers[1].verdicts == [.fail] && file.waivers[1].role == nil)
    try file.verify(known: Self.ids)
  }

  @Test(
    "A waiver covers a check or a folder, and no id that only begins alike",
    arguments: [
      ("rfc5321/4.1.1.4-data/crcrlf", true), ("rfc5321/4.1.1.4-data", true), ("rfc5321/", true),
      ("rfc5321", true), ("rfc5321/4.1.1.4", false), ("rfc532", false), ("crcrlf", false),
      ("rfc5321/4.1.1.4-data/crcr", false),
    ])
  func covers(check: String, covers: Bool) {
    let waiver = Waiver(check: check, reason: "r")
    #expect(waiver.covers("rfc5321/4.1.1.4-data/crcrlf") == covers)
  }

  @Test(
    "What is wrong is told with its place and the nearest word",
    arguments: [
      (#"{"waivers": [{"check": "a"}]}"#, #"w.json:1:14: a waiver needs "reason""#),
      (
        #"{"waivers": [{"check": "a", "reason": "  "}]}"#, #"w.json:1:39: "reason" is empty"#
      ),
      (
        #"{"waivers": [{"check": "a", "reason": "r", "gate": "tls"}]}"#,
        #"w.json:1:52: unknown gate "tls"; did you mean "TLS"?"#
      ),
      (
        #"{"waivers": [{"check": "a", "reason": "r", "verdicts": ["pass"]}]}"#,
        #"w.json:1:57: unknown verdict "pass"; expected one of fail, warn"#
      ),
      (
        #"{"waivers": [{"check": "a", "reason": "r", "verdicts": []}]}"#,
        #"w.json:1:44: "verdicts" is empty and waives nothing"#
      ),
      (
        #"{"waivers": [{"check": "a", "reason": "r"}, {"check": "a", "reason": "s"}]}"#,
        "w.json:1:55: this was waived already"
      ),
      (
        #"{"waiver": []}"#,
        #"unknown key "waiver" in a waiver file; did you mean "waivers"?"#
      ),
      (#"{}"#, #"a waiver file needs "waivers""#),
    ])
  func wrong(text: String, message: String) throws {
    let error = #expect(throws: ScriptError.self) { try read(text) }
    #expect(try #require(error).description.contains(message), "\(error?.description ?? "")")
  }

  @Test(
    "A waiver of a check that there is not names the nearest",
    arguments: [
      ("rfc5321/4.1.1.4-data/crclf", "rfc5321/4.1.1.4-data/crcrlf"),
      ("rfc5321/4.1.1.4-dta", "rfc5321/4.1.1.4-data"),
      ("rfc2821/4.1/lf-dot-lf", "rfc5321/4.1.1.4-data/lf-dot-lf"),
    ])
  func unknown(check: String, nearest: String) throws {
    let file = try read(#"{"waivers": [{"check": "\#(check)", "reason": "r"}]}"#)
    let error = #expect(throws: ScriptError.self) { try file.verify(known: Self.ids) }
    let text = try #require(error).description
    #expect(text.hasPrefix("w.json:1:24: no check has the id \"\(check)\""), "\(text)")
    #expect(text.hasSuffix("did you mean \"\(nearest)\"?"), "\(text)")
  }

  @Test("Sections that only begin alike do not hide a check that is not there")
  func prefixIsNoFolder() throws {
    let file = try read(#"{"waivers": [{"check": "rfc5321/4.1.1", "reason": "r"}]}"#)
    #expect(throws: ScriptError.self) { try file.verify(known: Self.ids) }
  }
}
