// SPDX-License-Identifier: Apache-2.0
//
// A JSON value in pure Swift, in which every node knows where it was read. Knows nothing of
// Jansson, so that no C memory outlives the reading.

/// One node of a JSON text.
package struct JSONValue: Sendable {
  package var content: Content
  /// The node's first octet; `SourcePosition.none` where the value was built and not read.
  package var position: SourcePosition

  package init(_ content: Content, position: SourcePosition = .none) {
    self.content = content
    self.position = position
  }

  package enum Content: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent.
    case integer(Int64)
    case real(Double)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; no two keys are equal.
    case object([Member])
  }

  /// A key with its value.
  package struct Member: Sendable, Equatable {
    package var key: String
    package var keyPosition: SourcePosition
    package var value: JSONValue

    package init(key: String, keyPosition: SourcePosition = .none, value: JSONValue) {
      self.key = key
      self.keyPosition = keyPosition
      self.value = value
    }

    /// Places do not count: two members are equal when they say the same.
    package static func == (left: Member, right: Member) -> Bool {
      left.key == right.key && left.value == right.value
    }
  }
}

extension JSONValue: Equatable {
  /// Places do not count: two values are equal when they say the same in the same order.
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    left.content == right.content
  }
}

// MARK: - Reading

extension JSONValue {
  /// The member's value; nil where there is none or the value is no object.
  package subscript(key: String) -> JSONValue? {
    members?.first { $0.key == key }?.value
  }

  /// The element's value; nil where there is none or the value is no array.
  package subscript(index: Int) -> JSONValue? {
    guard let elements, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  package var isNull: Bool { content == .null }

  package var bool: Bool? {
    guard case .bool(let value) = content else { return nil }
    return value
  }

  package var integer: Int64? {
    guard case .integer(let value) = content else { return nil }
    return value
  }

  /// Any number, whole or not.
  package var number: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  package var string: String? {
    guard case .string(let value) = content else { return nil }
    return value
  }

  package var elements: [JSONValue]? {
    guard case .array(let value) = content else { return nil }
    return value
  }

  package var members: [Member]? {
    guard case .object(let value) = content else { return nil }
    return value
  }

  /// What the value is, in the words of the JSON specification.
  package var kind: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .real: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

// MARK: - Building

extension JSONValue {
  package static let null = JSONValue(.null)

  package static func bool(_ value: Bool) -> JSONValue { JSONValue(.bool(value)) }

  package static func integer(_ value: Int) -> JSONValue { JSONValue(.integer(Int64(value))) }

  package static func real(_ value: Double) -> JSONValue { JSONValue(.real(value)) }

  package static func string(_ value: String) -> JSONValue { JSONValue(.string(value)) }

  package static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }

  package static func object(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
    JSONValue(.object(members.map { Member(key: $0.key, value: $0.value) }))
  }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .real(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = JSONValue(.object(elements.map { Member(key: $0.0, value: $0.1) }))
  }
}
