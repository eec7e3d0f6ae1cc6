// SPDX-License-Identifier: Apache-2.0
//
// What is refused, and whether the error points at the octet that a person has to change.

import JSONText
import Testing

@Suite struct JSONRefusalTests {
  /// A text that is no acceptable JSON; `‸` in it marks the place that the error must name.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var marked: String
    var message: String
    var testDescription: String { name }

    init(_ name: String, _ marked: String, _ message: String) {
      (self.name, self.marked, self.message) = (name, marked, message)
    }
  }

  static let refusals = [
    Refusal("empty text", "‸", "the text is empty"),
    Refusal("white space only", "\n  ‸", "the text is empty"),
    Refusal("second of two equal keys", "{\n \"a\": 1,\n ‸\"a\": 2}", "duplicate key \"a\""),
    Refusal("equal keys, one escaped", #"{"a": 1, ‸"\u0061": 2}"#, "duplicate key"),
    Refusal("equal keys far inside", #"[{"x": {"é": {}, ‸"é": 1}}]"#, "duplicate key \"é\""),
    Refusal("word behind the value", "{}\n‸x", "end of file expected"),
    Refusal("second value", "{} ‸{}", "end of file expected"),
    Refusal("bracket behind the value", "[1]‸]", "end of file expected"),
    Refusal("brackets behind the value", "[] ‸" + String(repeating: "[", count: 99), "end of file"),
    Refusal("missing value", "{\"a\": ‸}", "unexpected token"),
    Refusal("missing comma", "[1 ‸2]", "']' expected"),
    Refusal("comma too much", "[1‸,]", "no comma may stand before ]"),
    Refusal("two commas", "[1,‸,2]", "unexpected token"),
    Refusal("comma behind the last member", "{\"a\":1‸,}", "no comma may stand before }"),
    Refusal("missing colon", "{\"a\" ‸1}", "':' expected"),
    Refusal("key without quotes", "{‸a: 1}", "string or '}' expected"),
    Refusal("apostrophes", "[‸'a']", "invalid token"),
    Refusal("comment", "[1, ‸// one\n2]", "invalid token"),
    Refusal("misspelt word", "[‸ture]", "invalid token"),
    Refusal("NaN", "[‸NaN]", "invalid token"),
    Refusal("leading zero", "[‸01]", "invalid token"),
    Refusal("lone minus", "[ ‸-]", "invalid token"),
    Refusal("integer of 65 bits", "[‸9223372036854775808]", "too big integer"),
    Refusal("number beyond double", "[‸1e999]", "real number overflow"),
    Refusal("newline in a string", "[\"ab‸\n\"]", "unexpected newline"),
    Refusal("tab in a string", "[\"ab‸\tc\"]", "control character"),
    Refusal("unknown escape", #"["é‸\x"]"#, "invalid escape"),
    Refusal("hexadecimal digits missing", #"["\\", "‸\u00g0"]"#, "invalid escape"),
    Refusal("lone surrogate", #"[‸"\ud83d"]"#, "invalid Unicode"),
    Refusal("NUL in a key", #"{‸"a\u0000": 1}"#, "NUL"),
    Refusal("open object", "{\"a\": 1\n‸", "near end of file"),
    Refusal("open array", "[1,\n  2‸", "near end of file"),
    Refusal("open string", "[\"abc‸", "premature end of input"),
    Refusal(
      "bracket beyond the depth", String(repeating: "[", count: 64) + "‸[", "deeper than 64"),
    Refusal(
      "brace beyond the depth", String(repeating: "{\"a\":", count: 64) + "‸{", "deeper than 64"),
    Refusal("byte order mark", "‸\u{FEFF}{}", "byte order mark"),
  ]

  @Test(
    "A text that is no acceptable JSON is refused at its first wrong octet", arguments: refusals)
  func refused(refusal: Refusal) throws {
    let parts = refusal.marked.split(separator: "‸", omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    let lines = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
    let expected = place(lines.count, (lines.last?.unicodeScalars.count ?? 0) + 1)
    let error = try #require(throws: JSONError.self) { try read(parts.joined()) }
    #expect(error.position == expected)
    #expect(error.message.contains(refusal.message), "\(error)")
  }

  @Test(
    "An octet that is not UTF-8 is named and pointed at",
    arguments: [
      [0xFF], [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
      [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5],
      [0xE2, 0x82, 0x22], [0xF0, 0x9F, 0x90, 0x22],
    ] as [[UInt8]])
  func badUTF8(octets: [UInt8]) throws {
    let text = Array("[\n \"é".utf8) + octets + Array("\"]".utf8)
    let error = try #require(throws: JSONError.self) {
      try JSONReader.read(octets: text, file: "t.json")
    }
    #expect(error.position == place(2, 4))
    #expect(error.message.contains("is not valid UTF-8"))
  }

  @Test("Every UTF-8 length is accepted at its edges")
  func goodUTF8() throws {
    let edges = "\u{80}\u{7FF}\u{800}\u{FFF}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
    #expect(try read("[\"\(edges)\"]")[0]?.string == edges)
  }

  @Test("A text above the size limit is refused unread")
  func tooLarge() throws {
    let limits = JSONLimits(depth: 8, octets: 10)
    _ = try JSONReader.read(octets: Array("[12345678]".utf8), file: "t.json", limits: limits)
    let error = try #require(throws: JSONError.self) {
      try JSONReader.read(octets: Array("[123456789]".utf8), file: "t.json", limits: limits)
    }
    #expect(error.description == "t.json:1:1: 11 octets are more than the limit of 10")
  }

  @Test("A text cut off anywhere is refused, never taken for whole")
  func cutOff() throws {
    let whole = Array(#"{"a": [1, -2.5e3, "é\u0041\"", true, null], "b": {"c": {}}}"#.utf8)
    for length in 0..<whole.count {
      #expect(throws: JSONError.self, "\(length)") {
        try JSONReader.read(octets: Array(whole[..<length]), file: "t.json")
      }
    }
  }

  @Test("Any single wrong octet is either refused inside the text or harmless")
  func anyOctet() throws {
    let whole = Array("{\"a\": [1, \"é\\n\"],\n \"b\": {\"c\": true}}".utf8)
    for index in whole.indices {
      for octet in UInt8.min...UInt8.max {
        var text = whole
        text[index] = octet
        do throws(JSONError) {
          _ = try JSONReader.read(octets: text, file: "t.json")
        } catch {
          #expect((1...3).contains(error.position.line))
          #expect((1...40).contains(error.position.column))
        }
      }
    }
  }

  @Test("Errors name the file, the line and the column in one line")
  func description() throws {
    let error = try #require(throws: JSONError.self) { try read("{\"a\": 1,\n \"a\": 2}") }
    #expect(error.description == "t.json:2:2: duplicate key \"a\"")
  }
}
