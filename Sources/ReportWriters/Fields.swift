// SPDX-License-Identifier: Apache-2.0
//
// Small tools for the two directions of a JSON document: members gathered in the order in which a
// reader should see them, and members fetched with an error that names file, line and key.

import JSONText

/// The members of an object under construction; absent values leave no member.
struct Members {
  private var list: [(String, JSONValue)] = []

  var value: JSONValue { .object(list) }

  mutating func add(_ key: String, _ value: JSONValue?) {
    if let value { list.append((key, value)) }
  }

  mutating func add(_ key: String, _ text: String?) { add(key, text.map { .string($0) }) }

  mutating func add(_ key: String, _ number: Int) { add(key, .integer(number)) }

  mutating func add(_ key: String, _ flag: Bool) { add(key, .bool(flag)) }

  /// Adds a measure, rounded to a thousandth of its unit; JSON knows no infinity, so a number that
  /// is none becomes zero.
  mutating func add(_ key: String, _ number: Double) {
    add(key, .real(number.isFinite ? (number * 1000).rounded() / 1000 : 0))
  }

  mutating func add(_ key: String, _ texts: [String]) {
    add(key, .array(texts.map { .string($0) }))
  }

  /// Adds an object made from a dictionary, its keys sorted.
  mutating func add<Value>(_ key: String, _ map: [String: Value], as make: (Value) -> JSONValue) {
    let sorted = map.sorted { $0.key < $1.key }
    add(key, .object(sorted.map { ($0.key, make($0.value)) }))
  }
}

/// An object being read, and the file it came from.
struct Fields {
  var value: JSONValue
  var file: String

  func fault(_ message: String, at value: JSONValue? = nil) -> JSONError {
    JSONError(file: file, position: (value ?? self.value).position, message: message)
  }

  func has(_ key: String) -> Bool { value[key] != nil }

  func required(_ key: String) throws(JSONError) -> JSONValue {
    guard let member = value[key] else { throw fault("missing \"\(key)\"") }
    return member
  }

  func object(_ key: String) throws(JSONError) -> Fields {
    Fields(value: try required(key), file: file)
  }

  func text(_ key: String) throws(JSONError) -> String {
    let member = try required(key)
    guard case .string(let text) = member.content else {
      throw fault("\"\(key)\" must be a string", at: member)
    }
    return text
  }

  func optionalText(_ key: String) throws(JSONError) -> String? {
    has(key) ? try text(key) : nil
  }

  func integer(_ key: String) throws(JSONError) -> Int {
    let member = try required(key)
    guard case .integer(let number) = member.content else {
      throw fault("\"\(key)\" must be a whole number", at: member)
    }
    return Int(number)
  }

  func number(_ key: String) throws(JSONError) -> Double {
    let member = try required(key)
    switch member.content {
    case .real(let number): return number
    case .integer(let number): return Double(number)
    default: throw fault("\"\(key)\" must be a number", at: member)
    }
  }

  func flag(_ key: String) throws(JSONError) -> Bool {
    let member = try required(key)
    guard case .bool(let flag) = member.content else {
      throw fault("\"\(key)\" must be true or false", at: member)
    }
    return flag
  }

  func list(_ key: String) throws(JSONError) -> [JSONValue] {
    let member = try required(key)
    guard case .array(let elements) = member.content else {
      throw fault("\"\(key)\" must be an array", at: member)
    }
    return elements
  }

  func texts(_ key: String) throws(JSONError) -> [String] {
    try texts(of: try required(key), named: key)
  }

  func texts(of value: JSONValue, named key: String) throws(JSONError) -> [String] {
    guard case .array(let elements) = value.content else {
      throw fault("\"\(key)\" must be an array", at: value)
    }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element.content else {
        throw fault("\"\(key)\" must hold strings", at: element)
      }
      texts.append(text)
    }
    return texts
  }

  /// The members of the object under `key`, each made into a value.
  func map<Value>(
    _ key: String, _ make: (JSONValue) throws(JSONError) -> Value
  ) throws(JSONError) -> [String: Value] {
    let member = try required(key)
    guard case .object(let members) = member.content else {
      throw fault("\"\(key)\" must be an object", at: member)
    }
    var map: [String: Value] = [:]
    for entry in members { map[entry.key] = try make(entry.value) }
    return map
  }

  func counts(_ key: String) throws(JSONError) -> [String: Int] {
    try map(key) { (value: JSONValue) throws(JSONError) -> Int in
      guard case .integer(let number) = value.content else {
        throw fault("\"\(key)\" must hold whole numbers", at: value)
      }
      return Int(number)
    }
  }
}
