// SPDX-License-Identifier: Apache-2.0
//
// `relaymark list`: which scenarios there are, a line each.

import ArgumentParser
import RunRecord
import ScenarioLanguage

/// Lists scenarios.
struct ListCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List scenarios: id, level, start state, needs and title.")

  @Argument(
    help: ArgumentHelp(
      "Scenario files, folders of them, or the beginnings of their ids.", valueName: "scenario"))
  var scenarios: [String] = []

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    let finder = ScenarioFinder()
    let found =
      scenarios.isEmpty ? finder.scenarios(withPrefix: "") : try finder.find(scenarios)
    guard !found.isEmpty else {
      throw UsageError("no folder Scenarios here; name files or folders")
    }
    var rows: [[String]] = []
    var problems: [String] = []
    for file in found {
      do {
        rows.append(Self.row(of: try Scenario.decode(file: file.path, root: file.root)))
      } catch {
        problems += error.problems.map(\.description)
      }
    }
    surroundings.console.result(Self.table(rows))
    for problem in problems { surroundings.console.note("\(problem)\n") }
    return problems.isEmpty ? .passed : .usage
  }

  private static func row(of scenario: Scenario) -> [String] {
    let start = scenario.isLoad ? "load" : scenario.start?.rawValue ?? "ready"
    return [scenario.id, scenario.level.rawValue, start, needs(of: scenario), scenario.title]
  }

  /// What a target must have, `-` where it is nothing special.
  private static func needs(of scenario: Scenario) -> String {
    var needs = scenario.needs.extensions
    if scenario.applies.count < Role.allCases.count {
      needs += [scenario.applies.map(\.rawValue).joined(separator: "|")]
    }
    if scenario.needs.tls { needs.append("tls") }
    if scenario.needs.credentials { needs.append("credentials") }
    if scenario.needs.sink { needs.append("sink") }
    if scenario.needs.sources > 1 { needs.append("\(scenario.needs.sources) sources") }
    return needs.isEmpty ? "-" : needs.joined(separator: ",")
  }

  private static func table(_ rows: [[String]]) -> String {
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for row in rows {
      for (column, cell) in row.enumerated() {
        let space = column == 4 ? 0 : widths[column] - cell.count + 2
        text += cell + String(repeating: " ", count: space)
      }
      text += "\n"
    }
    return text
  }
}
