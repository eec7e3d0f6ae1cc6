// SPDX-License-Identifier: Apache-2.0
//
// The requirement register: the rules that checks prove, read from `Scenarios/requirements.json`.

package import JSONText

/// One rule of an RFC, in our own words.
package struct Requirement: Sendable, Equatable {
  /// `5321-4.1.1.5-rset-clears`: RFC, section and a short name.
  package var id: String
  package var rfc: Int
  /// `4.1.1.5`, or a letter and a number for an appendix.
  package var section: String
  package var level: Level
  /// Roles of a target that it binds.
  package var applies: [String]
  /// EHLO keywords without which it binds nobody.
  package var requires: [String]
  package var title: String
  package var rule: String
  /// What shows it held, and what shows it broken.
  package var holds: String
  package var broken: String
  package var observability: Observability
  /// What a harness needs besides a connection; `none` where that is enough.
  package var evidence: String
  /// How a careful reader judges it, where that is not plain.
  package var reading: String?

  package enum Level: String, Sendable, CaseIterable {
    case must = "MUST"
    case mustNot = "MUST NOT"
    case should = "SHOULD"
    case shouldNot = "SHOULD NOT"
    case may = "MAY"
    /// No keyword of RFC 2119, but worth knowing.
    case note

    /// Whether breaking it is a failure and not a warning.
    package var isAbsolute: Bool { self == .must || self == .mustNot }
  }

  package enum Observability: String, Sendable, CaseIterable {
    /// From the replies on a connection.
    case direct
    /// From what arrives elsewhere.
    case delivery
    /// From long waits.
    case timing
    /// Only with control over the server.
    case hard
  }
}

/// All requirements, by id.
package struct RequirementRegister: Sendable {
  /// In the order of the file.
  package let requirements: [Requirement]
  private let places: [String: Int]

  package init(requirements: [Requirement]) {
    self.requirements = requirements
    places = Dictionary(
      requirements.enumerated().map { ($0.element.id, $0.offset) },
      uniquingKeysWith: { first, _ in
        first
      })
  }

  package subscript(id: String) -> Requirement? { places[id].map { requirements[$0] } }

  /// Reads the register.
  ///
  /// - Parameter path: the file, `Scenarios/requirements.json`.
  /// - Throws: with file, line and column for anything that is not a register.
  package init(file path: String) throws(JSONError) {
    let document = try JSONReader.read(file: path, limits: .record)
    let reader = EntryReader(file: path)
    var requirements: [Requirement] = []
    var seen: Set<String> = []
    for entry in try reader.array("requirements", of: document) {
      let requirement = try reader.requirement(entry)
      guard seen.insert(requirement.id).inserted else {
        throw JSONError(
          file: path, position: entry.position,
          message: "requirement \"\(requirement.id)\" stands here a second time")
      }
      requirements.append(requirement)
    }
    self.init(requirements: requirements)
  }
}

/// Fetches the members of register entries, with errors that name the place.
struct EntryReader {
  let file: String

  func fault(_ message: String, at value: JSONValue) -> JSONError {
    JSONError(file: file, position: value.position, message: message)
  }

  func array(_ key: String, of value: JSONValue) throws(JSONError) -> [JSONValue] {
    guard let member = value[key], case .array(let entries) = member.content else {
      throw fault("expected an array \"\(key)\"", at: value[key] ?? value)
    }
    return entries
  }

  func text(_ key: String, of value: JSONValue) throws(JSONError) -> String {
    guard let member = value[key], case .string(let text) = member.content else {
      throw fault("expected a string \"\(key)\"", at: value[key] ?? value)
    }
    return text
  }

  func texts(_ key: String, of value: JSONValue) throws(JSONError) -> [String] {
    var texts: [String] = []
    for entry in try array(key, of: value) {
      guard case .string(let text) = entry.content else {
        throw fault("expected a string in \"\(key)\"", at: entry)
      }
      texts.append(text)
    }
    return texts
  }

  func word<Word: RawRepresentable & CaseIterable>(_ key: String, of value: JSONValue)
    throws(JSONError) -> Word where Word.RawValue == String
  {
    let text = try text(key, of: value)
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault("expected one of \(known) as \"\(key)\"", at: value[key] ?? value)
    }
    return word
  }

  func requirement(_ entry: JSONValue) throws(JSONError) -> Requirement {
    guard let member = entry["rfc"], case .integer(let rfc) = member.content else {
      throw fault("expected the number of an RFC as \"rfc\"", at: entry["rfc"] ?? entry)
    }
    return Requirement(
      id: try text("id", of: entry), rfc: Int(rfc), section: try text("section", of: entry),
      level: try word("level", of: entry), applies: try texts("applies", of: entry),
      requires: try texts("requires", of: entry), title: try text("title", of: entry),
      rule: try text("rule", of: entry), holds: try text("holds", of: entry),
      broken: try text("broken", of: entry), observability: try word("observability", of: entry),
      evidence: try text("evidence", of: entry),
      reading: entry["reading"] == nil ? nil : try text("reading", of: entry))
  }
}
