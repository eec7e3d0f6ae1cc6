// SPDX-License-Identifier: Apache-2.0
//
// Each keyword accepts and refuses, and a schema that cannot be enforced is refused itself.

import JSONText
import Testing

@Suite struct JSONSchemaTests {
  /// A schema with values that fit and values that do not.
  struct Rule: Sendable, CustomTestStringConvertible {
    var schema: String
    var fits: [String]
    var fitsNot: [String]
    var testDescription: String { schema }

    init(_ schema: String, fits: [String], not fitsNot: [String]) {
      (self.schema, self.fits, self.fitsNot) = (schema, fits, fitsNot)
    }
  }

  static let rules = [
    Rule("true", fits: ["1", "{}"], not: []),
    Rule("false", fits: [], not: ["1", "null"]),
    Rule(#"{"type": "integer"}"#, fits: ["1", "1.0"], not: ["1.5", "\"1\"", "true"]),
    Rule(#"{"type": "number"}"#, fits: ["1", "1.5"], not: ["null", "[]"]),
    Rule(#"{"type": ["string", "null"]}"#, fits: ["\"\"", "null"], not: ["0", "{}"]),
    Rule(#"{"type": "boolean"}"#, fits: ["true", "false"], not: ["0", "null"]),
    Rule(#"{"type": "array"}"#, fits: ["[]"], not: ["{}"]),
    Rule(#"{"type": "object"}"#, fits: ["{}"], not: ["[]"]),
    Rule(#"{"const": {"a": 1, "b": 2}}"#, fits: [#"{"b": 2, "a": 1.0}"#], not: ["{}", "1"]),
    Rule(#"{"enum": ["x", 1, null]}"#, fits: ["\"x\"", "1", "null"], not: ["\"y\"", "2"]),
    Rule(#"{"minimum": 2, "maximum": 3}"#, fits: ["2", "3", "\"\""], not: ["1.9", "4"]),
    Rule(
      #"{"exclusiveMinimum": 2, "exclusiveMaximum": 3}"#, fits: ["2.5"], not: ["2", "3"]),
    Rule(
      #"{"minLength": 2, "maxLength": 3}"#, fits: ["\"ab\"", "\"日本語\"", "1"],
      not: ["\"a\"", "\"abcd\"", "\"日\""]),
    Rule(
      #"{"pattern": "^[a-z]+\\d?$"}"#, fits: ["\"ab1\"", "1"],
      not: ["\"\"", "\"AB\"", "\"a\\n\"", "\"a\\u0663\""]),
    Rule(#"{"pattern": "b"}"#, fits: ["\"abc\""], not: ["\"ac\""]),
    Rule(#"{"items": {"type": "string"}}"#, fits: ["[]", "[\"a\"]", "1"], not: ["[\"a\", 1]"]),
    Rule(#"{"minItems": 1, "maxItems": 2}"#, fits: ["[1]", "[1,2]"], not: ["[]", "[1,2,3]"]),
    Rule(#"{"uniqueItems": true}"#, fits: ["[1, 2]"], not: ["[1, 1.0]", "[[], []]"]),
    Rule(#"{"required": ["a", "b"]}"#, fits: [#"{"b": 1, "a": 1}"#, "1"], not: [#"{"a": 1}"#]),
    Rule(#"{"minProperties": 1, "maxProperties": 1}"#, fits: [#"{"a": 1}"#], not: ["{}"]),
    Rule(
      #"{"properties": {"a": {"type": "string"}}}"#, fits: ["{}", #"{"a": "", "b": 1}"#],
      not: [#"{"a": 1}"#]),
    Rule(
      #"{"properties": {"a": true}, "patternProperties": {"^x-": {"type": "null"}}, "additionalProperties": false}"#,
      fits: [#"{"a": 1, "x-b": null}"#], not: [#"{"b": 1}"#, #"{"x-b": 1}"#]),
    Rule(
      #"{"additionalProperties": {"type": "integer"}}"#, fits: [#"{"any": 1}"#],
      not: [#"{"any": "x"}"#]),
    Rule(
      #"{"propertyNames": {"pattern": "^[2-5]\\d\\d$"}}"#, fits: [#"{"250": 1}"#],
      not: [#"{"25": 1}"#]),
    Rule(
      #"{"oneOf": [{"type": "integer"}, {"minimum": 5}]}"#, fits: ["1", "5.5"],
      not: ["5", "1.5"]),
    Rule(#"{"anyOf": [{"type": "string"}, {"minimum": 5}]}"#, fits: ["\"\"", "6"], not: ["4"]),
    Rule(#"{"allOf": [{"minimum": 1}, {"maximum": 2}]}"#, fits: ["1"], not: ["0", "3"]),
    Rule(#"{"not": {"type": "null"}}"#, fits: ["1"], not: ["null"]),
    Rule(
      ##"{"$ref": "#/$defs/n", "maximum": 9, "$defs": {"n": {"minimum": 1}}}"##, fits: ["5"],
      not: ["0", "10"]),
    Rule(
      ##"{"items": {"$ref": "#"}, "type": "array"}"##, fits: ["[[[]]]"], not: ["[[[1]]]"]),
  ]

  @Test("A keyword accepts what it should and refuses the rest", arguments: rules)
  func keywords(rule: Rule) throws {
    let schema = try JSONSchema(try read(rule.schema), file: "s.json")
    for text in rule.fits { #expect(schema.violations(of: try read(text)) == [], "\(text)") }
    for text in rule.fitsNot {
      #expect(!schema.violations(of: try read(text)).isEmpty, "\(text)")
    }
  }

  @Test("A violation names the place in the file, the way to the node and the reason")
  func violation() throws {
    let schema = try JSONSchema(
      [
        "properties": ["steps": ["items": ["properties": ["wait": ["type": "string"]]]]],
        "additionalProperties": false,
      ], file: "s.json")
    let value = try read("{ \"steps\": [\n  {}, { \"wait\": 5 } ],\n \"x\": 1 }")
    #expect(
      schema.violations(of: value).map(\.description) == [
        "2:17: /steps/1/wait: is a number, not of type string", "3:2: /x: is not known here",
      ])
  }

  @Test("Where no alternative fits, the nearest one says why")
  func alternatives() throws {
    let schema = try JSONSchema(
      [
        "oneOf": [
          ["type": "string"],
          ["type": "object", "properties": ["size": ["type": "integer"]]],
        ]
      ], file: "s.json")
    let violations = schema.violations(of: try read(#"{"size": "x"}"#))
    #expect(violations.map(\.pointer.description) == ["(root)", "/size"])
  }

  @Test(
    "A schema that cannot be enforced is refused at its place",
    arguments: [
      (#"{"typ": "string"}"#, 2, "unknown keyword \"typ\""),
      (#"{"properties": {"a": {"format": "uri"}}}"#, 23, "unknown keyword \"format\""),
      (#"{"type": "text"}"#, 10, "none of the types"),
      (#"{"minimum": "1"}"#, 13, "takes a number"),
      (#"{"minItems": -1}"#, 14, "takes a count"),
      (#"{"uniqueItems": 1}"#, 17, "takes a boolean"),
      (#"{"required": "a"}"#, 14, "takes an array"),
      (#"{"required": [1]}"#, 14, "takes a list of strings"),
      (#"{"enum": []}"#, 10, "takes an array with elements"),
      (#"{"anyOf": [1]}"#, 12, "a schema is an object or a boolean"),
      (#"{"properties": []}"#, 16, "takes an object"),
      (#"{"pattern": "("}"#, 13, "no regular expression"),
      (#"{"patternProperties": {"[": true}}"#, 24, "no regular expression"),
      (##"{"$ref": "#/$defs/none"}"##, 10, "leads to no schema"),
      (#"{"$ref": "other.json"}"#, 10, "leads to no schema"),
      (##"{"$ref": "#"}"##, 10, "circle"),
      (
        ##"{"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}}"##, 67,
        "circle"
      ),
    ])
  func refused(schema: String, column: Int, message: String) throws {
    let error = try #require(throws: JSONError.self) {
      try JSONSchema(try read(schema), file: "s.json")
    }
    #expect(error.position.column == column)
    #expect(error.description.hasPrefix("s.json:1:"))
    #expect(error.message.contains(message), "\(error)")
  }
}
