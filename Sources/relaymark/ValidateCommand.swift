// SPDX-License-Identifier: Apache-2.0
//
// `relaymark validate`: says everything that is wrong with scenarios, and sends nothing.

import ArgumentParser
import Conformance
import RunRecord
import ScenarioLanguage

/// Reads scenarios, target profiles and waivers and tells what is wrong with them.
struct ValidateCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract:
      "Read scenarios, target profiles and waivers and tell everything that is wrong with them.")

  @Argument(
    help: ArgumentHelp(
      "Scenario files, folders of them, or the beginnings of their ids.", valueName: "scenario"))
  var files: [String]

  /// The ids that a waiver can speak of.
  static var knownChecks: [String] {
    ScenarioFinder().scenarios(withPrefix: "").map(\.id) + Waiving.idsWithoutScenario
  }

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    let found = try ScenarioFinder().find(files)
    var problems: [ScriptError.Problem] = []
    for file in found {
      do {
        if TargetProfile.isProfile(file: file.path) {
          // Whether secrets are set is for the run to find out.
          _ = try TargetProfile.decode(
            file: file.path,
            environment: { ScenarioLanguage.ProcessEnvironment.value($0) ?? "unset" })
        } else if WaiverFile.isWaivers(file: file.path) {
          try WaiverFile.decode(file: file.path).verify(known: Self.knownChecks)
        } else {
          _ = try Scenario.decode(file: file.path, root: file.root)
        }
      } catch {
        problems += error.problems
      }
    }
    for problem in problems { surroundings.console.note("\(problem)\n") }
    let files = "\(found.count) \(found.count == 1 ? "file" : "files")"
    guard problems.isEmpty else {
      let count = "\(problems.count) \(problems.count == 1 ? "problem" : "problems")"
      surroundings.console.note("\(count) in \(files)\n")
      return .usage
    }
    surroundings.console.result("\(files) valid\n")
    return .passed
  }
}
