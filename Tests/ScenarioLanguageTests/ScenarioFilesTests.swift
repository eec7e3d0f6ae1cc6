// SPDX-License-Identifier: Apache-2.0
//
// The scenarios that come with the program: every one is right, compiles, and fits its schema, and
// together they show the whole language.

import JSONText
import ScenarioLanguage
import Testing

struct ScenarioFilesTests {
  @Test("A scenario that comes with the program is right", arguments: Tree.scenarioFiles)
  func decodes(_ file: String) throws {
    let scenario = try Tree.scenario(file)
    #expect(scenario.id == String(file.dropLast(5)))
    #expect(!scenario.runs.isEmpty)
  }

  @Test("A scenario that comes with the program fits the schema", arguments: Tree.scenarioFiles)
  func fitsSchema(_ file: String) throws {
    let schema = try JSONSchema(
      try Tree.json("scenario.schema.json"), file: "scenario.schema.json")
    let value = try Tree.json(file)
    #expect(schema.violations(of: value).map(\.description) == [])
    let depth = file.split(separator: "/").count - 1
    let path = String(repeating: "../", count: depth) + "scenario.schema.json"
    #expect(value["$schema"]?.string == path)
  }

  @Test("A scenario compiles for every role to which it applies", arguments: Tree.scenarioFiles)
  func compiles(_ file: String) throws {
    let scenario = try Tree.scenario(file)
    for role in scenario.applies {
      let program = try scenario.compiled(for: .example(role))
      #expect(program.id == scenario.id)
      for session in program.runs.flatMap(\.sessions) {
        #expect(session.setup.lowerBound == 0)
        #expect(session.setup.upperBound == session.between.lowerBound)
        #expect(session.between.upperBound == session.transaction.lowerBound)
        #expect(session.transaction.upperBound == session.teardown.lowerBound)
        #expect(session.teardown.upperBound == session.instructions.count)
      }
    }
  }

  @Test("The requirements that scenarios prove are in the register, but for abuse")
  func proves() throws {
    let register = try Tree.json("requirements.json")
    let list = register["requirements"]?.elements ?? register.elements ?? []
    let known = Set(list.compactMap { $0["id"]?.string })
    #expect(known.count > 500)
    for file in Tree.scenarioFiles {
      for id in try Tree.scenario(file).proves where !id.hasPrefix("abuse-") {
        #expect(known.contains(id), "\(file): \(id)")
      }
    }
  }

  @Test("Every key of the language stands in some scenario")
  func showsEveryKey() throws {
    var used: Set<String> = []
    for file in Tree.scenarioFiles { collectKeys(try Tree.json(file), into: &used) }
    // Nothing to find yet, and data that only another target could need.
    let unshown: Set = ["addresses", "sources", "token"]
    for shape in Vocabulary.ofScenarios {
      for key in shape.keys where !unshown.contains(key) {
        #expect(used.contains(key), "\"\(key)\" of \(shape.name) is shown nowhere")
      }
    }
    #expect(used.isDisjoint(with: unshown), "a key that is shown does not belong on the list")
  }

  private func collectKeys(_ value: JSONValue, into keys: inout Set<String>) {
    for member in value.members ?? [] {
      keys.insert(member.key)
      collectKeys(member.value, into: &keys)
    }
    for element in value.elements ?? [] { collectKeys(element, into: &keys) }
  }

  @Test("Every kind of step, start state and way to close stands in some scenario")
  func showsEveryWord() throws {
    var values: Set<String> = []
    for file in Tree.scenarioFiles { collectStrings(try Tree.json(file), into: &values) }
    let words =
      StartState.allCases.map(\.rawValue) + CloseManner.allCases.map(\.rawValue)
      + Feed.Order.allCases.map(\.rawValue)
    // `ready` is the default, and shown all the same.
    for word in words { #expect(values.contains(word), "\"\(word)\" is shown nowhere") }
  }

  private func collectStrings(_ value: JSONValue, into strings: inout Set<String>) {
    if let text = value.string { strings.insert(text) }
    for child in value.members?.map(\.value) ?? value.elements ?? [] {
      collectStrings(child, into: &strings)
    }
  }
}
