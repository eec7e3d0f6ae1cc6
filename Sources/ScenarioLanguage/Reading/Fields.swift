// SPDX-License-Identifier: Apache-2.0
//
// Reads the members of JSON objects whose keys are known, and the plain values under them. Every
// object names its shape, so that schema, reader and documentation can be held against each other.

import JSONText
import SASLExchange

/// The keys that one kind of object may have.
package struct ObjectShape: Sendable, Equatable {
  /// The name of its definition in the schema.
  package let name: String
  /// How messages call it: `a send step`.
  package let title: String
  package let keys: [String]

  init(_ name: String, _ title: String, _ keys: [String]) {
    self.name = name
    self.title = title
    self.keys = keys
  }
}

/// The members of one object.
struct Fields {
  let shape: ObjectShape
  let position: SourcePosition
  private let members: [JSONValue.Member]
  private let diagnosis: Diagnosis

  /// Notes a value that is no object, and every key that its shape does not know.
  init?(_ value: JSONValue, _ shape: ObjectShape, _ diagnosis: Diagnosis) {
    guard let members = value.members else {
      diagnosis.note(value.position, "\(shape.title) is an object, not \(value.kind)")
      return nil
    }
    self.shape = shape
    self.members = members
    self.diagnosis = diagnosis
    position = value.position
    for member in members where !shape.keys.contains(member.key) {
      diagnosis.noteUnknown(
        "key", member.key, at: member.keyPosition, among: shape.keys, in: " in \(shape.title)")
    }
  }

  /// The value under a key of the shape.
  subscript(key: String) -> JSONValue? {
    assert(shape.keys.contains(key), "\(shape.name) has no key \(key)")
    return members.first { $0.key == key }?.value
  }

  /// The value under a key that must be there; its absence is noted.
  func required(_ key: String) -> JSONValue? {
    if let value = self[key] { return value }
    diagnosis.note(position, "\(shape.title) needs \"\(key)\"")
    return nil
  }

  func has(_ key: String) -> Bool { self[key] != nil }

  /// Where a key stands, or the object itself where the key is absent.
  func place(of key: String) -> SourcePosition {
    members.first { $0.key == key }?.keyPosition ?? position
  }

  /// Notes all but the first of the given keys that stand here: only one of them may.
  func allowOne(of keys: [String]) {
    let present = members.filter { keys.contains($0.key) }
    for member in present.dropFirst() {
      diagnosis.note(
        member.keyPosition,
        "\(shape.title) has \"\(present[0].key)\" already; \"\(member.key)\" does not go with it")
    }
  }
}

// MARK: - Plain values

extension Diagnosis {
  func string(_ value: JSONValue?, _ what: String) -> String? {
    guard let value else { return nil }
    guard let text = value.string else { return mismatch(value, what, "a string") }
    return text
  }

  /// A string that says something.
  func words(_ value: JSONValue?, _ what: String) -> String? {
    guard let value, let text = string(value, what) else { return nil }
    guard text.contains(where: { !$0.isWhitespace }) else {
      note(value.position, "\"\(what)\" is empty")
      return nil
    }
    return text
  }

  func bool(_ value: JSONValue?, _ what: String) -> Bool? {
    guard let value else { return nil }
    guard let bool = value.bool else { return mismatch(value, what, "true or false") }
    return bool
  }

  func integer(_ value: JSONValue?, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value else { return nil }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let number = value.integer else { return mismatch(value, what, expected) }
    guard let fitting = Int(exactly: number), range.contains(fitting) else {
      note(value.position, "\"\(what)\" is \(expected), not \(number)")
      return nil
    }
    return fitting
  }

  /// One of the words of an enumeration.
  func word<Word: RawRepresentable & CaseIterable>(
    _ value: JSONValue?, _ what: String, _ type: Word.Type = Word.self
  ) -> Word? where Word.RawValue == String {
    guard let value, let text = string(value, what) else { return nil }
    if let word = Word(rawValue: text) { return word }
    noteUnknown(what, text, at: value.position, among: Word.allCases.map(\.rawValue))
    return nil
  }

  /// The name of a SASL mechanism; nil for `best`, too.
  func mechanism(_ value: JSONValue?) -> String? {
    guard let value, let text = string(value, "mechanism"), text != "best" else { return nil }
    let known = SASLMechanism.allCases.map(\.rawValue)
    if known.contains(text) { return text }
    noteUnknown("mechanism", text, at: value.position, among: ["best"] + known)
    return nil
  }

  func list<Element>(
    _ value: JSONValue?, _ what: String, of read: (JSONValue) -> Element?
  ) -> [Element] {
    guard let value else { return [] }
    guard let elements = value.elements else {
      let none: [Element]? = mismatch(value, what, "a list")
      return none ?? []
    }
    return elements.compactMap(read)
  }

  /// The members of an object whose keys the author chooses.
  func entries(_ value: JSONValue?, _ what: String) -> [JSONValue.Member] {
    guard let value else { return [] }
    guard let members = value.members else {
      let none: [JSONValue.Member]? = mismatch(value, what, "an object")
      return none ?? []
    }
    return members
  }

  func duration(
    _ value: JSONValue?, _ what: String, _ range: ClosedRange<Duration> = Limits.anyDuration
  ) -> Duration? {
    guard let value else { return nil }
    guard let text = value.string, let duration = Quantity.duration(text) else {
      return mismatch(value, what, "a duration such as \"250ms\", \"3s\" or \"2m\"")
    }
    guard range.contains(duration) else {
      let limits = "\(Quantity.text(range.lowerBound)) to \(Quantity.text(range.upperBound))"
      note(value.position, "\"\(what)\" is a duration from \(limits), not \"\(text)\"")
      return nil
    }
    return duration
  }

  func size(_ value: JSONValue?, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value else { return nil }
    let number = value.integer.flatMap { Int(exactly: $0) } ?? value.string.flatMap(Quantity.size)
    guard let number else { return mismatch(value, what, "a size such as 4096 or \"4KiB\"") }
    guard range.contains(number) else {
      note(
        value.position,
        "\"\(what)\" is a size from \(range.lowerBound) to \(range.upperBound) octets, not \(number)"
      )
      return nil
    }
    return number
  }

  func rate(_ value: JSONValue?, _ what: String) -> Rate? {
    guard let value else { return nil }
    guard let text = value.string, let rate = Quantity.rate(text) else {
      return mismatch(value, what, "a rate such as \"500/s\" or \"30/m\"")
    }
    return rate
  }

  /// Notes a value of the wrong kind.
  func mismatch<Value>(_ value: JSONValue, _ what: String, _ expected: String) -> Value? {
    let found =
      switch value.content {
      case .string(let text): "\"\(Escaped.text(text))\""
      case .integer(let number): "\(number)"
      case .real(let number): "\(number)"
      case .bool(let bool): "\(bool)"
      case .null, .array, .object: value.kind
      }
    note(value.position, "\"\(what)\" is \(expected), not \(found)")
    return nil
  }
}
