// SPDX-License-Identifier: Apache-2.0
//
// What is written, that it reads back the same, and what cannot be written.

import JSONText
import Testing

@Suite struct JSONWriterTests {
  @Test("Indented text keeps the order of members and ends in LF")
  func indented() throws {
    let value: JSONValue = ["z": 1, "a": [true, "x"], "o": [:]]
    let expected = """
      {
        "z": 1,
        "a": [
          true,
          "x"
        ],
        "o": {}
      }

      """
    #expect(String(decoding: try JSONWriter.text(value), as: UTF8.self) == expected)
  }

  @Test("Without indent everything stands in one line without spaces")
  func compact() throws {
    let value: JSONValue = ["z": 1, "a": [true, .null]]
    #expect(
      String(decoding: try JSONWriter.text(value, indent: 0), as: UTF8.self)
        == #"{"z":1,"a":[true,null]}"#)
  }

  @Test(
    "What is written reads back the same",
    arguments: [
      .null, true, "", "a\0b\u{1F}\u{7F}\"\\/\n", "é日本🐦", .integer(.max), .integer(.min), 0.1, -0.0,
      1e300,
      .real(.leastNonzeroMagnitude), 123456.789, 100.0, [], [:], [[[]]], ["": ["": ""]],
      [0.1, 0.3333333333333333, 2.5e-7],
    ] as [JSONValue])
  func roundTrip(value: JSONValue) throws {
    for indent in [0, 2] {
      let octets = try JSONWriter.text(value, indent: indent)
      #expect(try JSONReader.read(octets: octets, file: "t.json") == value)
    }
  }

  @Test("Plain decimal fractions are written as a person would")
  func decimals() throws {
    let octets = try JSONWriter.text([0.1, 250.25, 0.001, 100.0], indent: 0)
    #expect(String(decoding: octets, as: UTF8.self) == "[0.1,250.25,0.001,100.0]")
  }

  @Test("Seeded random numbers read back the same to the last bit")
  func randomNumbers() throws {
    var state: UInt64 = 4711
    let numbers = (0..<500).map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Double(bitPattern: state)
      return number.isFinite ? number : 0
    }
    let value = JSONValue.array(numbers.map { .real($0) })
    let back = try JSONReader.read(octets: try JSONWriter.text(value), file: "t.json")
    #expect(back.elements?.map { $0.number?.bitPattern } == numbers.map(\.bitPattern))
  }

  @Test(
    "Numbers that JSON lacks are refused with the way to them",
    arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(number: Double) throws {
    let error = try #require(throws: JSONError.self) {
      try JSONWriter.text(["load": [1, ["a/b~c": .real(number)]]])
    }
    #expect(
      error.description == "/load/1/a~1b~0c: the number \(number) cannot be written as JSON")
  }

  @Test("Equal keys are refused, for no reader would take them")
  func equalKeys() throws {
    #expect(throws: JSONError.self) { try JSONWriter.text(["a": 1, "b": 2, "a": 3]) }
  }

  @Test("NUL in a key is refused")
  func nulInKey() throws {
    #expect(throws: JSONError.self) { try JSONWriter.text(["a\0": 1]) }
  }

  @Test("Nesting beyond what a reader takes is refused, not overflowing the stack")
  func tooDeep() throws {
    var value: JSONValue = []
    for _ in 0..<1_100 { value = [value] }
    #expect(throws: JSONError.self) { try JSONWriter.text(value) }
  }
}
