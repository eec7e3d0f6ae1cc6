// SPDX-License-Identifier: Apache-2.0
//
// Holds a value against a schema that JSONSchema has checked, and collects what does not fit.

/// One walk over a value and the schemas that apply to it.
struct SchemaValidation {
  typealias Violation = JSONSchema.Violation

  let root: JSONValue
  private(set) var violations: [Violation] = []
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]

  init(root: JSONValue) { self.root = root }

  mutating func hold(_ value: JSONValue, against schema: JSONValue, at pointer: JSONPointer) {
    if schema.bool == false { note(value, pointer, "nothing is allowed here") }
    if let text = schema["$ref"]?.string, let target = JSONSchema.target(of: text, in: root) {
      hold(value, against: target, at: pointer)
    }
    holdKind(value, against: schema, at: pointer)
    holdCombinations(value, against: schema, at: pointer)
    switch value.content {
    case .integer, .real: holdNumber(value, against: schema, at: pointer)
    case .string(let text): holdString(text, of: value, against: schema, at: pointer)
    case .array(let elements): holdArray(elements, of: value, against: schema, at: pointer)
    case .object(let members): holdObject(members, of: value, against: schema, at: pointer)
    case .null, .bool: break
    }
  }

  // MARK: - Any value

  private mutating func holdKind(
    _ value: JSONValue, against schema: JSONValue, at pointer: JSONPointer
  ) {
    if let type = schema["type"] {
      let names = (type.elements ?? [type]).compactMap(\.string)
      if !names.contains(where: { value.isOfType($0) }) {
        note(value, pointer, "is \(value.kind), not of type \(names.joined(separator: " or "))")
      }
    }
    if let constant = schema["const"], !value.saysTheSame(as: constant) {
      note(value, pointer, "is not \(constant.shown)")
    }
    if let choices = schema["enum"]?.elements,
      !choices.contains(where: { value.saysTheSame(as: $0) })
    {
      note(
        value, pointer,
        "\(value.shown) is none of \(choices.map(\.shown).joined(separator: ", "))")
    }
  }

  private mutating func holdCombinations(
    _ value: JSONValue, against schema: JSONValue, at pointer: JSONPointer
  ) {
    for child in schema["allOf"]?.elements ?? [] { hold(value, against: child, at: pointer) }
    if let child = schema["not"], complaints(value, child, pointer).isEmpty {
      note(value, pointer, "is what the schema excludes")
    }
    for keyword in ["anyOf", "oneOf"] {
      guard let children = schema[keyword]?.elements else { continue }
      let results = children.map { complaints(value, $0, pointer) }
      let fitting = results.count { $0.isEmpty }
      if fitting > 1, keyword == "oneOf" {
        note(value, pointer, "fits \(fitting) alternatives, only one may fit")
      }
      // The alternative that got deepest into the value is the one its author had in mind.
      if fitting == 0, let nearest = results.max(by: { reach(of: $0) < reach(of: $1) }) {
        note(value, pointer, "fits none of \(children.count) alternatives; the nearest says:")
        violations += nearest
      }
    }
  }

  private mutating func complaints(
    _ value: JSONValue, _ schema: JSONValue, _ pointer: JSONPointer
  ) -> [Violation] {
    let kept = violations
    violations = []
    hold(value, against: schema, at: pointer)
    defer { violations = kept }
    return violations
  }

  private func reach(of violations: [Violation]) -> Int {
    violations.map(\.pointer.depth).min() ?? 0
  }

  // MARK: - Values of one kind

  private mutating func holdNumber(
    _ value: JSONValue, against schema: JSONValue, at pointer: JSONPointer
  ) {
    guard let number = value.number else { return }
    if let limit = schema["minimum"]?.number, number < limit {
      note(value, pointer, "\(value.shown) is less than \(limit)")
    }
    if let limit = schema["maximum"]?.number, number > limit {
      note(value, pointer, "\(value.shown) is more than \(limit)")
    }
    if let limit = schema["exclusiveMinimum"]?.number, number <= limit {
      note(value, pointer, "\(value.shown) is not more than \(limit)")
    }
    if let limit = schema["exclusiveMaximum"]?.number, number >= limit {
      note(value, pointer, "\(value.shown) is not less than \(limit)")
    }
  }

  private mutating func holdString(
    _ text: String, of value: JSONValue, against schema: JSONValue, at pointer: JSONPointer
  ) {
    holdCount(text.unicodeScalars.count, "Length", of: value, against: schema, at: pointer)
    if let pattern = schema["pattern"]?.string, !matches(text, pattern) {
      note(value, pointer, "\(value.shown) does not match \(pattern)")
    }
  }

  private mutating func holdArray(
    _ elements: [JSONValue], of value: JSONValue, against schema: JSONValue,
    at pointer: JSONPointer
  ) {
    holdCount(elements.count, "Items", of: value, against: schema, at: pointer)
    if let items = schema["items"] {
      for (index, element) in elements.enumerated() {
        hold(element, against: items, at: pointer.appending(String(index)))
      }
    }
    if schema["uniqueItems"]?.bool == true {
      for (index, element) in elements.enumerated()
      where elements[..<index].contains(where: { $0.saysTheSame(as: element) }) {
        note(element, pointer.appending(String(index)), "\(element.shown) is there twice")
      }
    }
  }

  private mutating func holdObject(
    _ members: [JSONValue.Member], of value: JSONValue, against schema: JSONValue,
    at pointer: JSONPointer
  ) {
    holdCount(members.count, "Properties", of: value, against: schema, at: pointer)
    for name in schema["required"]?.elements?.compactMap(\.string) ?? [] where value[name] == nil {
      note(value, pointer, "lacks \"\(name)\"")
    }
    for member in members {
      let place = pointer.appending(member.key)
      if let names = schema["propertyNames"] {
        hold(
          JSONValue(.string(member.key), position: member.keyPosition), against: names, at: place)
      }
      var children = schema["properties"]?[member.key].map { [$0] } ?? []
      for child in schema["patternProperties"]?.members ?? []
      where matches(member.key, child.key) {
        children.append(child.value)
      }
      if children.isEmpty, let others = schema["additionalProperties"] {
        if others.bool == false {
          violations.append(
            Violation(position: member.keyPosition, pointer: place, message: "is not known here"))
        } else {
          children.append(others)
        }
      }
      for child in children { hold(member.value, against: child, at: place) }
    }
  }

  // MARK: - Helpers

  private mutating func holdCount(
    _ count: Int, _ what: String, of value: JSONValue, against schema: JSONValue,
    at pointer: JSONPointer
  ) {
    if let limit = schema["min" + what]?.integer, count < limit {
      note(value, pointer, "holds \(count), at least \(limit) are needed")
    }
    if let limit = schema["max" + what]?.integer, count > limit {
      note(value, pointer, "holds \(count), at most \(limit) are allowed")
    }
  }

  private mutating func matches(_ text: String, _ pattern: String) -> Bool {
    if patterns[pattern] == nil { patterns[pattern] = SchemaPattern.compile(pattern) }
    guard let expression = patterns[pattern] else { return false }
    return text.contains(expression)
  }

  private mutating func note(_ value: JSONValue, _ pointer: JSONPointer, _ message: String) {
    violations.append(Violation(position: value.position, pointer: pointer, message: message))
  }
}

/// Regular expressions as JSON Schema means them: unanchored, over scalars, classes in ASCII.
enum SchemaPattern {
  /// The compiled expression; nil where the text is none.
  static func compile(_ text: String) -> Regex<AnyRegexOutput>? {
    guard let expression = try? Regex(text) else { return nil }
    return expression.matchingSemantics(.unicodeScalar).asciiOnlyDigits().asciiOnlyWordCharacters()
  }
}

extension JSONValue {
  /// Whether the value is of a type by JSON Schema's name for it; 1.0 is an integer there.
  fileprivate func isOfType(_ name: String) -> Bool {
    switch content {
    case .null: name == "null"
    case .bool: name == "boolean"
    case .integer: name == "integer" || name == "number"
    case .real(let number): name == "number" || name == "integer" && number == number.rounded()
    case .string: name == "string"
    case .array: name == "array"
    case .object: name == "object"
    }
  }

  /// Equality as JSON Schema has it: 1 is 1.0, and the order of members is of no account.
  fileprivate func saysTheSame(as other: JSONValue) -> Bool {
    switch (content, other.content) {
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.saysTheSame(as: $1) }
    case (.object(let left), .object(let right)):
      return left.count == right.count
        && left.allSatisfy { member in
          other[member.key].map { member.value.saysTheSame(as: $0) } ?? false
        }
    case (.integer, .real), (.real, .integer): return number == other.number
    default: return content == other.content
    }
  }

  /// The value in a message: in one line, its beginning only where it is long.
  fileprivate var shown: String {
    guard let octets = try? JSONWriter.text(self, indent: 0) else { return kind }
    let text = String(decoding: octets, as: UTF8.self)
    return text.count > 60 ? text.prefix(57) + "..." : text
  }
}
