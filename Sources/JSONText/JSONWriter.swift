// SPDX-License-Identifier: Apache-2.0
//
// From a JSONValue to octets: the value becomes a Jansson tree, Jansson writes it, and what JSON
// cannot say is an error instead of a surprise for the next reader.

import CJansson

/// Writes JSON (RFC 8259) in UTF-8.
package enum JSONWriter {
  /// The value as JSON text, members in their order.
  ///
  /// Numbers with a fraction are written with as many digits as the whole text needs for each of
  /// them to be read back unchanged.
  ///
  /// - Parameter indent: Columns for each level, up to 31, with an LF behind the value; 0: all in
  ///   one line, without spaces and LF.
  /// - Throws: For NaN and infinity, equal keys, NUL in a key, and nesting that no reader takes;
  ///   the message names the node by its JSON pointer (RFC 6901).
  package static func text(_ value: JSONValue, indent: Int = 2) throws(JSONError) -> [UInt8] {
    _ = JanssonTree.seed
    var builder = TreeBuilder()
    let tree = try builder.tree(of: value, at: JSONPointer())
    var flags = JSON_ENCODE_ANY | Int32(relaymark_json_real_precision(builder.digits))
    flags |= indent > 0 ? Int32(relaymark_json_indent(min(indent, 31))) : JSON_COMPACT
    var octets: [UInt8] = []
    let result = withUnsafeMutablePointer(to: &octets) { target in
      json_dump_callback(tree.root, appendToArray, target, Int(flags))
    }
    guard result == 0 else { throw refused("the value", at: JSONPointer(), of: value) }
    if indent > 0 { octets.append(UInt8(ascii: "\n")) }
    return octets
  }

  fileprivate static func refused(
    _ what: String, at pointer: JSONPointer, of value: JSONValue
  ) -> JSONError {
    JSONError(
      file: "", position: value.position, message: "\(pointer): \(what) cannot be written as JSON")
  }
}

/// Jansson's way out: the last argument is the array to fill.
private func appendToArray(
  _ octets: UnsafePointer<CChar>?, _ count: Int, _ array: UnsafeMutableRawPointer?
) -> Int32 {
  guard let octets, let array else { return -1 }
  let target = array.assumingMemoryBound(to: [UInt8].self)
  target.pointee.append(contentsOf: UnsafeRawBufferPointer(start: octets, count: count))
  return 0
}

private struct TreeBuilder {
  /// Significant digits that the real numbers seen so far need; 15 keep 0.1 as it is.
  private(set) var digits = 15

  mutating func tree(
    of value: JSONValue, at pointer: JSONPointer
  ) throws(JSONError) -> JanssonTree {
    guard pointer.depth <= 1_000 else {
      throw JSONWriter.refused("nesting beyond 1,000 levels", at: pointer, of: value)
    }
    let node: UnsafeMutablePointer<json_t>?
    switch value.content {
    case .null: node = json_null()
    case .bool(let flag): node = flag ? json_true() : json_false()
    case .integer(let number): node = json_integer(number)
    case .real(let number):
      guard number.isFinite else {
        throw JSONWriter.refused("the number \(number)", at: pointer, of: value)
      }
      digits = max(digits, significantDigits(of: number))
      node = json_real(number)
    case .string(let text): node = string(text)
    case .array(let elements): return try array(elements, at: pointer)
    case .object(let members): return try object(members, at: pointer)
    }
    guard let node else { throw JSONWriter.refused("the value", at: pointer, of: value) }
    return JanssonTree(owning: node)
  }

  private mutating func array(
    _ elements: [JSONValue], at pointer: JSONPointer
  ) throws(JSONError) -> JanssonTree {
    let tree = JanssonTree(owning: json_array())
    for (index, element) in elements.enumerated() {
      let place = pointer.appending(String(index))
      let child = try self.tree(of: element, at: place)
      guard json_array_append_new(tree.root, child.release()) == 0 else {
        throw JSONWriter.refused("the element", at: place, of: element)
      }
    }
    return tree
  }

  private mutating func object(
    _ members: [JSONValue.Member], at pointer: JSONPointer
  ) throws(JSONError) -> JanssonTree {
    let tree = JanssonTree(owning: json_object())
    for member in members {
      let place = pointer.appending(member.key)
      guard !member.key.utf8.contains(0) else {
        throw JSONWriter.refused("NUL in a key", at: place, of: member.value)
      }
      guard json_object_get(tree.root, member.key) == nil else {
        throw JSONWriter.refused("a key for the second time", at: place, of: member.value)
      }
      let child = try self.tree(of: member.value, at: place)
      guard json_object_set_new(tree.root, member.key, child.release()) == 0 else {
        throw JSONWriter.refused("the member", at: place, of: member.value)
      }
    }
    return tree
  }

  private func string(_ text: String) -> UnsafeMutablePointer<json_t>? {
    var text = text
    return text.withUTF8 { octets in
      octets.withMemoryRebound(to: CChar.self) { characters in
        // An empty string may have no memory at all, which Jansson takes for a missing one.
        characters.isEmpty ? json_string("") : json_stringn(characters.baseAddress, octets.count)
      }
    }
  }

  /// Digits of the shortest decimal form that reads back as the same number.
  private func significantDigits(of number: Double) -> Int {
    let mantissa = number.description.prefix { $0 != "e" }.filter(\.isNumber)
    return mantissa.drop { $0 == "0" }.count
  }
}
