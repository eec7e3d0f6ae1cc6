// SPDX-License-Identifier: Apache-2.0
//
// The part of JSON Schema (draft 2020-12) that the published schemas use. A schema is checked
// when it is made: a keyword that nobody would enforce is an error, not a promise.

/// A JSON Schema against which values are held.
package struct JSONSchema: Sendable {
  let root: JSONValue

  /// Takes a schema.
  ///
  /// - Parameter file: The name under which errors report the schema.
  /// - Throws: For keywords that are unknown here or have a value of the wrong kind, for patterns
  ///   that are no regular expression, and for references that lead nowhere or in a circle.
  package init(_ document: JSONValue, file: String) throws(JSONError) {
    root = document
    let check = SchemaCheck(root: document, file: file)
    try check.schema(document)
    try check.circles(from: document, through: ["#"])
    for member in document["$defs"]?.members ?? [] {
      try check.circles(from: member.value, through: [member.key])
    }
  }

  /// Everything about the value that the schema does not allow; empty: it is valid.
  package func violations(of value: JSONValue) -> [Violation] {
    var validation = SchemaValidation(root: root)
    validation.hold(value, against: root, at: JSONPointer())
    return validation.violations
  }

  /// One thing that the schema does not allow.
  package struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// Where in the text, as far as the value was read from one.
    package var position: SourcePosition
    /// Where in the value.
    package var pointer: JSONPointer
    package var message: String

    /// One line, for example `12:5: /load/rate: is a string, not a number`.
    package var description: String {
      let place = position == .none ? "" : "\(position.line):\(position.column): "
      return "\(place)\(pointer): \(message)"
    }
  }

  /// The schema that a `$ref` names; nil where there is none.
  ///
  /// `#` and `#/$defs/name` are the only forms.
  static func target(of reference: String, in root: JSONValue) -> JSONValue? {
    if reference == "#" { return root }
    let prefix = "#/$defs/"
    guard reference.hasPrefix(prefix) else { return nil }
    return root["$defs"]?[String(reference.dropFirst(prefix.count))]
  }
}

/// What the value of a keyword has to be.
private enum KeywordForm {
  /// Says something to people and tools and nothing about values.
  case note
  case anything
  case number
  case count
  case flag
  case strings
  case pattern
  case typeNames
  case reference
  case values
  case schema
  case schemas
  case namedSchemas
  case patternSchemas

  static let byKeyword: [String: KeywordForm] = [
    "$schema": .note, "$id": .note, "$comment": .note, "title": .note, "description": .note,
    "default": .note, "examples": .note,
    "type": .typeNames, "const": .anything, "enum": .values, "$ref": .reference,
    "minimum": .number, "maximum": .number, "exclusiveMinimum": .number,
    "exclusiveMaximum": .number,
    "minLength": .count, "maxLength": .count, "pattern": .pattern,
    "items": .schema, "minItems": .count, "maxItems": .count, "uniqueItems": .flag,
    "properties": .namedSchemas, "patternProperties": .patternSchemas,
    "additionalProperties": .schema, "propertyNames": .schema, "required": .strings,
    "minProperties": .count, "maxProperties": .count,
    "oneOf": .schemas, "anyOf": .schemas, "allOf": .schemas, "not": .schema,
    "$defs": .namedSchemas,
  ]
}

/// Holds a schema against what `SchemaValidation` can enforce.
private struct SchemaCheck {
  let root: JSONValue
  let file: String

  private static let typeNames: Set<String> = [
    "null", "boolean", "integer", "number", "string", "array", "object",
  ]

  func schema(_ value: JSONValue) throws(JSONError) {
    if value.bool != nil { return }
    guard let members = value.members else {
      throw problem(value, "a schema is an object or a boolean, not \(value.kind)")
    }
    for member in members {
      guard let form = KeywordForm.byKeyword[member.key] else {
        throw JSONError(
          file: file, position: member.keyPosition, message: "unknown keyword \"\(member.key)\"")
      }
      try keyword(member, form)
    }
  }

  private func keyword(_ member: JSONValue.Member, _ form: KeywordForm) throws(JSONError) {
    let value = member.value
    switch form {
    case .note, .anything: break
    case .schema: try schema(value)
    case .schemas: for element in try list(member) { try schema(element) }
    case .values: _ = try list(member)
    case .namedSchemas, .patternSchemas:
      guard let children = value.members else { throw mismatch(member, "an object") }
      for child in children {
        if form == .patternSchemas { try pattern(child.key, at: child.keyPosition) }
        try schema(child.value)
      }
    default: try simpleKeyword(member, form)
    }
  }

  /// Keywords under which no other schema stands.
  private func simpleKeyword(_ member: JSONValue.Member, _ form: KeywordForm) throws(JSONError) {
    let value = member.value
    switch form {
    case .number where value.number == nil: throw mismatch(member, "a number")
    case .count where value.integer.map { $0 < 0 } ?? true: throw mismatch(member, "a count")
    case .flag where value.bool == nil: throw mismatch(member, "a boolean")
    case .strings:
      let elements = try list(member, mayBeEmpty: true)
      guard elements.allSatisfy({ $0.string != nil }) else {
        throw mismatch(member, "a list of strings")
      }
    case .typeNames: try typeNames(value)
    case .pattern:
      guard let text = value.string else { throw mismatch(member, "a string") }
      try pattern(text, at: value.position)
    case .reference:
      guard JSONSchema.target(of: value.string ?? "", in: root) != nil else {
        throw problem(value, "the reference leads to no schema under #/$defs")
      }
    default: break
    }
  }

  private func typeNames(_ value: JSONValue) throws(JSONError) {
    guard let names = value.elements else { return try typeName(value) }
    for name in names { try typeName(name) }
  }

  private func typeName(_ value: JSONValue) throws(JSONError) {
    guard let name = value.string, Self.typeNames.contains(name) else {
      throw problem(value, "is none of the types that JSON has")
    }
  }

  private func list(
    _ member: JSONValue.Member, mayBeEmpty: Bool = false
  ) throws(JSONError) -> [JSONValue] {
    guard let elements = member.value.elements, mayBeEmpty || !elements.isEmpty else {
      throw mismatch(member, mayBeEmpty ? "an array" : "an array with elements")
    }
    return elements
  }

  private func pattern(_ text: String, at position: SourcePosition) throws(JSONError) {
    guard SchemaPattern.compile(text) != nil else {
      throw JSONError(
        file: file, position: position, message: "\"\(text)\" is no regular expression")
    }
  }

  /// Follows the schemas that apply to the same value and refuses to meet a definition twice.
  func circles(from schema: JSONValue, through names: [String]) throws(JSONError) {
    if let reference = schema["$ref"], let text = reference.string {
      let name = text.split(separator: "/").last.map(String.init) ?? text
      guard !names.contains(name) else {
        throw problem(reference, "the reference runs in a circle")
      }
      if let target = JSONSchema.target(of: text, in: root) {
        try circles(from: target, through: names + [name])
      }
    }
    for keyword in ["oneOf", "anyOf", "allOf"] {
      for child in schema[keyword]?.elements ?? [] { try circles(from: child, through: names) }
    }
    if let child = schema["not"] { try circles(from: child, through: names) }
  }

  private func mismatch(_ member: JSONValue.Member, _ expected: String) -> JSONError {
    problem(member.value, "\"\(member.key)\" takes \(expected), not \(member.value.kind)")
  }

  private func problem(_ value: JSONValue, _ message: String) -> JSONError {
    JSONError(file: file, position: value.position, message: message)
  }
}
