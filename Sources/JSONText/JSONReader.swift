// SPDX-License-Identifier: Apache-2.0
//
// From octets to a JSONValue: Jansson decides what is JSON, a walk over the same text says where
// each node stands, and the C tree is gone before the value is handed out.

import CJansson

/// How much a reader accepts.
package struct JSONLimits: Sendable {
  /// Brackets within brackets; at most 1,000, for the reading recurses.
  package var depth: Int
  /// Size of the text.
  package var octets: Int

  package init(depth: Int, octets: Int) {
    self.depth = min(depth, 1_000)
    self.octets = octets
  }

  /// For what people write: scenarios, profiles and schemas.
  package static let standard = JSONLimits(depth: 64, octets: 16 << 20)
  /// For what the program writes: run records with thousands of transcripts.
  package static let record = JSONLimits(depth: 64, octets: 512 << 20)
}

/// Reads strict JSON (RFC 8259) and refuses equal keys besides.
package enum JSONReader {
  /// Reads one JSON text.
  ///
  /// - Parameter file: The name under which errors report the text.
  /// - Throws: The first thing wrong and its place: invalid UTF-8, a byte order mark, brackets
  ///   nested too deep, a syntax error, a key for the second time, octets behind the value, numbers
  ///   out of range, or a text above the size limit.
  package static func read(
    octets: [UInt8], file: String, limits: JSONLimits = .standard
  ) throws(JSONError) -> JSONValue {
    guard !octets.isEmpty else {
      throw JSONError(
        file: file, position: SourcePosition(line: 1, column: 1), message: emptyText)
    }
    guard octets.count <= limits.octets else {
      throw JSONError(
        file: file, position: SourcePosition(line: 1, column: 1),
        message: "\(octets.count) octets are more than the limit of \(limits.octets)")
    }
    let result = octets.withUnsafeBufferPointer { text -> Result<JSONValue, JSONError> in
      if let problem = TextCheck(text, depthLimit: limits.depth).firstProblem() {
        var walk = TextWalk(text)
        walk.advance(to: problem.offset)
        return .failure(JSONError(file: file, position: walk.position, message: problem.message))
      }
      return parse(text, file: file)
    }
    return try result.get()
  }

  /// Reads one JSON file.
  ///
  /// - Throws: As for octets; also where the file cannot be read, without a place in it.
  package static func read(
    file path: String, limits: JSONLimits = .standard
  ) throws(JSONError) -> JSONValue {
    let octets: [UInt8]
    do {
      octets = try WholeFile.read(path, limit: limits.octets)
    } catch {
      throw JSONError(file: path, position: .none, message: error.reason)
    }
    return try read(octets: octets, file: path, limits: limits)
  }

  private static func parse(
    _ text: UnsafeBufferPointer<UInt8>, file: String
  ) -> Result<JSONValue, JSONError> {
    _ = JanssonTree.seed
    var error = json_error_t()
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
    let root = text.withMemoryRebound(to: CChar.self) { characters in
      json_loadb(characters.baseAddress, characters.count, Int(flags), &error)
    }
    guard let root else { return .failure(explain(&error, in: text, file: file)) }
    let tree = JanssonTree(owning: root)
    var placing = Placing(text)
    return .success(placing.value(of: tree.root))
  }

  private static let emptyText = "the text is empty; a JSON value is expected"

  /// Jansson counts to the end of the token it stumbled over; a person wants its beginning.
  private static func explain(
    _ error: inout json_error_t, in text: UnsafeBufferPointer<UInt8>, file: String
  ) -> JSONError {
    let code = UInt32(bitPattern: relaymark_json_error_code(&error))
    let end = Int(error.position)
    let message = String(cString: relaymark_json_error_text(&error))
    func problem(at offset: Int, _ message: String) -> JSONError {
      var walk = TextWalk(text)
      walk.advance(to: offset)
      return JSONError(file: file, position: walk.position, message: message)
    }

    let tokens = lastTokens(before: end, in: text)
    guard let token = tokens.last else { return problem(at: text.count, emptyText) }
    if code == json_error_premature_end_of_input.rawValue {
      return problem(at: text.count, message)
    }
    if code == json_error_duplicate_key.rawValue {
      return problem(
        at: token.lowerBound, "duplicate key \(String(decoding: text[token], as: UTF8.self))")
    }
    let first = text[token.lowerBound]
    if first == UInt8(ascii: "\""), token.upperBound > end {
      // Jansson stopped inside a string: at an octet that may not be there, or behind an escape.
      let escape = text[..<end].lastIndex(of: UInt8(ascii: "\\"))
      return problem(at: message.contains("escape") ? escape ?? end : end, message)
    }
    if first == UInt8(ascii: "}") || first == UInt8(ascii: "]"), tokens.count == 2,
      text[tokens[0].lowerBound] == UInt8(ascii: ",")
    {
      let bracket = Character(Unicode.Scalar(first))
      return problem(at: tokens[0].lowerBound, "no comma may stand before \(bracket)")
    }
    return problem(at: token.lowerBound, message)
  }

  /// The last two tokens that begin before the offset, as far as there are two.
  private static func lastTokens(
    before end: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> [Range<Int>] {
    var walk = TextWalk(text)
    var tokens: [Range<Int>] = []
    while true {
      _ = walk.skipSpace()
      guard !walk.isAtEnd, walk.offset < end else { return tokens }
      let start = walk.offset
      walk.skipToken()
      tokens = tokens.suffix(1) + [start..<walk.offset]
    }
  }
}

/// Turns a Jansson tree into values, each with its place in the text that made the tree.
private struct Placing {
  private var walk: TextWalk

  init(_ text: UnsafeBufferPointer<UInt8>) { walk = TextWalk(text) }

  /// The value whose text comes next.
  ///
  /// Jansson keeps members in the order of the text.
  mutating func value(of node: UnsafeMutablePointer<json_t>) -> JSONValue {
    let position = walk.skipSpace()
    walk.skipToken()
    let content: JSONValue.Content
    switch relaymark_json_type(node) {
    case JSON_OBJECT: content = .object(members(of: node))
    case JSON_ARRAY: content = .array(elements(of: node))
    case JSON_STRING: content = .string(text(of: node))
    case JSON_INTEGER: content = .integer(json_integer_value(node))
    case JSON_REAL: content = .real(json_real_value(node))
    case JSON_TRUE: content = .bool(true)
    case JSON_FALSE: content = .bool(false)
    default: content = .null
    }
    return JSONValue(content, position: position)
  }

  private mutating func members(of node: UnsafeMutablePointer<json_t>) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    members.reserveCapacity(json_object_size(node))
    var iterator = json_object_iter(node)
    while let current = iterator {
      if !members.isEmpty { skipPunctuation() }
      let keyPosition = walk.skipSpace()
      walk.skipToken()
      skipPunctuation()
      guard let key = json_object_iter_key(current), let child = json_object_iter_value(current)
      else { preconditionFailure("a Jansson object has members without key or value") }
      members.append(
        JSONValue.Member(
          key: String(cString: key), keyPosition: keyPosition, value: value(of: child)))
      iterator = json_object_iter_next(node, current)
    }
    skipPunctuation()
    return members
  }

  private mutating func elements(of node: UnsafeMutablePointer<json_t>) -> [JSONValue] {
    var elements: [JSONValue] = []
    elements.reserveCapacity(json_array_size(node))
    for index in 0..<json_array_size(node) {
      if index > 0 { skipPunctuation() }
      guard let child = json_array_get(node, index)
      else { preconditionFailure("a Jansson array has fewer elements than its size says") }
      elements.append(value(of: child))
    }
    skipPunctuation()
    return elements
  }

  private mutating func skipPunctuation() {
    _ = walk.skipSpace()
    walk.skipToken()
  }

  private func text(of node: UnsafeMutablePointer<json_t>) -> String {
    guard let octets = json_string_value(node) else { return "" }
    let buffer = UnsafeBufferPointer(start: octets, count: json_string_length(node))
    return buffer.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
  }
}
