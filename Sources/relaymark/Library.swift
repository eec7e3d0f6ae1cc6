// SPDX-License-Identifier: Apache-2.0
//
// What lies beside the scenarios, read once: the register of requirements, the list of those that no
// check can show, and the checks themselves.

import Conformance
import JSONText
import ScenarioLanguage

/// Requirements and the checks that prove them.
struct Library {
  let register: RequirementRegister
  let coverage: Coverage
  let scenarios: [Scenario]

  /// - Throws: `UsageError` where a file is missing or wrong.
  init(finder: ScenarioFinder = ScenarioFinder()) throws {
    guard let root = finder.root else {
      throw UsageError("no folder Scenarios here; it holds the register of requirements")
    }
    do {
      register = try RequirementRegister(file: "\(root)/requirements.json")
      let unobservable = try Unobservable.read(file: "\(root)/not-observable.json")
      let scenarios = try Self.decode(finder.scenarios(withPrefix: ""))
      coverage = Coverage(
        register: register, checks: scenarios.map { ($0.id, $0.proves) } + Self.invariants,
        unobservable: unobservable)
      self.scenarios = scenarios
    } catch let error as JSONError {
      throw UsageError(error.description)
    }
  }

  /// The rules that are watched on every reply, as checks: what they prove needs no file of its own.
  private static var invariants: [(id: String, proves: [String])] {
    Invariant.allCases.map { ($0.id, $0.requirements) }
  }

  static func decode(_ files: [ScenarioFinder.Found]) throws -> [Scenario] {
    var decoded: [Scenario] = []
    var problems: [String] = []
    for file in files {
      do {
        decoded.append(try Scenario.decode(file: file.path, root: file.root))
      } catch {
        problems += error.problems.map(\.description)
      }
    }
    guard problems.isEmpty else { throw UsageError(problems) }
    return decoded
  }

  /// The checks that must find a fault.
  func checks(finding fault: String) -> [String] {
    scenarios.filter { $0.faults.contains(fault) }.map(\.id)
  }
}
