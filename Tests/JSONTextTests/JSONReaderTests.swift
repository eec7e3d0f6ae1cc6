// SPDX-License-Identifier: Apache-2.0
//
// What is read, and where each node is said to stand.

import JSONText
import Testing

@Suite struct JSONReaderTests {
  @Test("Every kind of value is read as what it is")
  func kinds() throws {
    let value = try read(
      #"{"n": null, "t": true, "f": false, "i": -7, "r": 0.5, "e": 1e2, "s": "x", "a": [], "o": {}}"#
    )
    #expect(
      value == [
        "n": .null, "t": true, "f": false, "i": -7, "r": 0.5, "e": 100.0, "s": "x", "a": [],
        "o": [:],
      ])
  }

  @Test("A text may be a single value", arguments: ["7", " \"seven\" ", "null", "[7]", "{}"])
  func singleValues(text: String) throws {
    _ = try read(text)
  }

  @Test("Members keep the order of the text")
  func order() throws {
    let keys = (0..<200).map { "key \($0 * 7919 % 200)" }
    let text = "{" + keys.map { "\"\($0)\": 0" }.joined(separator: ",") + "}"
    #expect(try read(text).members?.map(\.key) == keys)
  }

  @Test("Every node knows its line and column")
  func places() throws {
    let value = try read(
      """
      {
        "title": "x",
        "steps": [ 1, [2],
          { "deep": true } ],
        "end" :
      null }
      """)
    #expect(value.position == place(1, 1))
    let members = try #require(value.members)
    #expect(members.map(\.keyPosition) == [place(2, 3), place(3, 3), place(5, 3)])
    #expect(members.map(\.value.position) == [place(2, 12), place(3, 12), place(6, 1)])
    let steps = try #require(value["steps"]?.elements)
    #expect(steps.map(\.position) == [place(3, 14), place(3, 17), place(4, 5)])
    #expect(steps[1][0]?.position == place(3, 18))
    #expect(steps[2].members?.first?.keyPosition == place(4, 7))
    #expect(steps[2]["deep"]?.position == place(4, 15))
  }

  @Test("Columns count Unicode scalars, whatever stands in strings before")
  func columns() throws {
    let text = #"["é", "日本", "🐦", "\"\\", "a,b:{[", "\u00e9\ud83d\udc26", 1]"#
    let value = try read(text)
    #expect(value.elements?.map(\.position.column) == [2, 7, 13, 18, 26, 36, 58])
    #expect(value[5] == "é🐦")
  }

  @Test("Lines that end in CRLF or hold tabs are counted as editors count them")
  func lineEnds() throws {
    let value = try read("{\r\n\t\"a\":\r\n1}")
    #expect(value.members?.first?.keyPosition == place(2, 2))
    #expect(value["a"]?.position == place(3, 1))
  }

  @Test("NUL may stand in a string, escaped")
  func escapedNUL() throws {
    #expect(try read(#"["a\u0000b"]"#)[0]?.string == "a\0b")
  }

  @Test("Whole numbers keep all 64 bits")
  func integers() throws {
    #expect(
      try read("[9223372036854775807, -9223372036854775808]") == [.integer(.max), .integer(.min)])
  }

  @Test("The deepest allowed nesting is read, on a small stack too")
  func deepest() throws {
    let limits = JSONLimits(depth: 1_000, octets: 4_096)
    let text = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
    _ = try JSONReader.read(octets: Array(text.utf8), file: "deep.json", limits: limits)
  }
}

func read(_ text: String) throws -> JSONValue {
  try JSONReader.read(octets: Array(text.utf8), file: "t.json")
}

func place(_ line: Int, _ column: Int) -> SourcePosition {
  SourcePosition(line: line, column: column)
}
