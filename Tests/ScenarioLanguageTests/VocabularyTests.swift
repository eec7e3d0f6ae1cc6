// SPDX-License-Identifier: Apache-2.0
//
// Schema, reader and documentation say the same: what one of them knows, all know.

import Foundation
import JSONText
import ScenarioLanguage
import Testing

struct VocabularyTests {
  /// The schemas with the shapes that they describe.
  static let schemas: [(file: String, shapes: [ObjectShape])] = [
    ("scenario.schema.json", Vocabulary.ofScenarios), ("target.schema.json", Vocabulary.ofProfiles),
    ("waivers.schema.json", Vocabulary.ofWaivers),
  ]

  @Test("The schema knows the keys of the reader and no others", arguments: schemas.indices)
  func schemaAndReader(_ index: Int) throws {
    let (file, shapes) = Self.schemas[index]
    let schema = try Tree.json(file)
    _ = try JSONSchema(schema, file: file)
    for shape in shapes {
      let definition = try #require(schema["$defs"]?[shape.name], "\(shape.name) has no definition")
      let keys = definition["properties"]?.members?.map(\.key) ?? []
      #expect(Set(keys) == Set(shape.keys), "\(file): \(shape.name)")
      #expect(definition["additionalProperties"]?.bool == false, "\(file): \(shape.name)")
    }
  }

  @Test("The schema describes no object that the reader does not know", arguments: schemas.indices)
  func schemaAndShapes(_ index: Int) throws {
    let (file, shapes) = Self.schemas[index]
    let names = Set(shapes.map(\.name))
    for definition in try Tree.json(file)["$defs"]?.members ?? []
    where definition.value["additionalProperties"]?.bool == false && definition.key != "thresholds"
    {
      #expect(names.contains(definition.key), "\(file): \(definition.key)")
    }
  }

  @Test("Every word of an enumeration in the schema is one that the reader knows, and vice versa")
  func words() throws {
    let schema = try Tree.json("scenario.schema.json")
    func words(_ definition: String, _ property: String) -> [String] {
      let value = schema["$defs"]?[definition]?["properties"]?[property]
      let list = value?["enum"] ?? value?["items"]?["enum"]
      return list?.elements?.compactMap(\.string) ?? []
    }
    #expect(words("scenario", "start") == StartState.allCases.map(\.rawValue))
    #expect(words("scenario", "level") == AbuseLevel.allCases.map(\.rawValue))
    #expect(words("scenario", "applies") == Role.allCases.map(\.rawValue))
    #expect(words("needs", "addresses") == AddressName.allCases.map(\.rawValue))
    #expect(words("security", "severity") == Security.Severity.allCases.map(\.rawValue))
    #expect(words("feed", "order") == Feed.Order.allCases.map(\.rawValue))
    #expect(words("closeStep", "close") == CloseManner.allCases.map(\.rawValue))
    #expect(words("arrive", "each") == ArrivalRule.allCases.map(\.rawValue))
    #expect(words("arrive", "content") == ContentRule.allCases.map(\.rawValue))
    let profile = try Tree.json("target.schema.json")["$defs"]
    let modes = profile?["tls"]?["properties"]?["mode"]?["enum"]?.elements?.compactMap(\.string)
    #expect(modes == TLSPolicy.Mode.allCases.map(\.rawValue))
  }

  @Test("The documentation explains every key of the reader in the section of its object")
  func documentation() throws {
    let text = try String(contentsOfFile: Tree.scenarios + "/README.md", encoding: .utf8)
    let sections = sections(of: text)
    for shape in Vocabulary.all {
      let words: Set<String>
      if shape.name.hasSuffix("Step") {
        words = stepRow(String(shape.name.dropLast(4)), in: sections["Steps"] ?? "")
      } else {
        words = code(in: try #require(sections[shape.name], "no section for \(shape.name)"))
      }
      for key in shape.keys { #expect(words.contains(key), "\(shape.name): `\(key)`") }
    }
  }

  @Test("The documentation explains no key that the reader does not know")
  func documentationAndReader() throws {
    let text = try String(contentsOfFile: Tree.scenarios + "/README.md", encoding: .utf8)
    let sections = sections(of: text)
    for shape in Vocabulary.all {
      for row in (sections[shape.name] ?? "").split(separator: "\n") where row.hasPrefix("| `") {
        let cell = row.dropFirst().prefix { $0 != "|" }
        for word in code(in: String(cell)) {
          #expect(shape.keys.contains(word), "\(shape.name): `\(word)`")
        }
      }
    }
    for (key, shape) in Vocabulary.ofScenarios.filter({ $0.name.hasSuffix("Step") }).map({
      (String($0.name.dropLast(4)), $0)
    }) {
      let beside = stepRow(key, in: sections["Steps"] ?? "", firstColumn: false)
      #expect(beside.isSubset(of: shape.keys), "\(key)")
    }
  }

  @Test("The documentation lists every variable")
  func variables() throws {
    let text = try String(contentsOfFile: Tree.scenarios + "/README.md", encoding: .utf8)
    let words = code(in: sections(of: text)["Values"] ?? "")
    let names = [
      "host", "client", "run", "session", "message", "message.size", "random:8", "fill:64",
      "feed.column", "env:NAME", "source.1", "profile.retry-window", "index",
      "base64:TEXT", "credentials.username", "credentials.password", "credentials.token",
    ]
    for name in AddressName.allCases.map(\.rawValue) + names {
      #expect(words.contains(name), "`\(name)`")
    }
  }

  // MARK: - Reading the documentation

  /// The text under each heading, by the heading.
  private func sections(of text: String) -> [String: String] {
    var sections: [String: String] = [:]
    var heading = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") || line.hasPrefix("### ") {
        heading = String(line.drop { $0 == "#" }.dropFirst())
      } else {
        sections[heading, default: ""] += line + "\n"
      }
    }
    return sections
  }

  /// What stands in backquotes.
  private func code(in text: String) -> Set<String> {
    Set(
      text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) })
  }

  /// The words in the row of a step: its own key, and those beside it in the last column.
  private func stepRow(
    _ key: String, in section: String, firstColumn: Bool = true
  ) -> Set<String> {
    let row = section.split(separator: "\n").first { $0.hasPrefix("| `\(key)` |") }
    let cells = row?.split(separator: "|") ?? []
    guard cells.count >= 3 else { return [] }
    return code(in: String(cells[2])).union(firstColumn ? code(in: String(cells[0])) : [])
  }
}
