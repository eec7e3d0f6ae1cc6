// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the scenario language share: reading scripts from text, and the files of the
// tree.

import Foundation
import JSONText
import ScenarioLanguage

/// The tree in which the tests stand.
enum Tree {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let scenarios = root + "/Scenarios"

  /// Every scenario file, relative to the folder of scenarios, sorted.
  static let scenarioFiles: [String] = {
    let names =
      FileManager.default.enumerator(atPath: scenarios)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      name.hasSuffix(".json") && !name.hasSuffix(".schema.json") && name != "requirements.json"
        && name != "not-observable.json"
    }.sorted()
  }()

  static func json(_ name: String) throws -> JSONValue {
    try JSONReader.read(file: scenarios + "/" + name)
  }

  static func scenario(_ name: String) throws -> Scenario {
    try Scenario.decode(file: scenarios + "/" + name, root: scenarios)
  }
}

/// Reads a scenario from text, as if it stood in `test.json`.
func decode(_ text: String) throws -> Scenario {
  let value = try JSONReader.read(octets: Array(text.utf8), file: "test.json")
  return try Scenario.decode(value, file: "test.json")
}

/// Reads a scenario with these steps as its dialogue.
func dialogue(_ steps: String, head: String = "") throws -> Scenario {
  try decode(#"{"title": "T", \#(head) "dialogue": [\#(steps)]}"#)
}

/// The problems of a text, one line each; empty where it is right.
func problems(_ text: String) -> [String] {
  do {
    _ = try decode(text)
    return []
  } catch let error as ScriptError {
    return error.problems.map(\.description)
  } catch {
    return ["\(error)"]
  }
}

/// Reads a profile from text.
func profile(
  _ text: String, environment: Environment = { _ in nil }
) throws -> TargetProfile {
  let value = try JSONReader.read(octets: Array(text.utf8), file: "target.json")
  return try TargetProfile.decode(value, file: "target.json", environment: environment)
}

extension TargetProfile {
  static func example(_ role: Role = .relay) -> TargetProfile {
    var profile = TargetProfile.embedded(port: 2525, role: role, authority: [])
    profile.client = "client.test"
    profile.sources = ["127.0.0.2", "127.0.0.3"]
    profile.connect(
      sink: TargetProfile.SinkAddress(host: "127.0.0.1", port: 2526),
      window: TargetProfile.defaultRetryWindow)
    return profile
  }
}

extension Scenario {
  /// The program for the example target, with a fixed run id and an empty environment.
  func compiled(
    for target: TargetProfile = .example(), environment: Environment = { _ in nil }
  ) throws -> Program {
    try Compiler.compile(self, for: target, run: "run-1", environment: environment)
  }

  /// The instructions of the one session of a plain scenario.
  func session(for target: TargetProfile = .example()) throws -> SessionProgram {
    guard let session = try compiled(for: target).sessions.first else {
      throw ScriptError(file: file, "no session")
    }
    return session
  }
}

extension SessionProgram {
  var script: [Instruction] { Array(instructions[transaction]) }
}
