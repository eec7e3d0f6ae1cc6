// SPDX-License-Identifier: Apache-2.0
//
// `relaymark list`: which scenarios there are, how requirements stand, which faults the embedded
// relay can play.

import ArgumentParser
import Conformance
import ReferenceRelay
import RunRecord
import ScenarioLanguage

/// Lists scenarios, requirements or faults.
struct ListCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List scenarios, how requirements are proven, or faults.",
    discussion: """
      Scenarios are listed with id, level, start state, needs and title. --coverage says how many \
      requirements of each RFC are proven by checks; narrowed by a filter, it names each of them.
      """)

  @Argument(
    help: ArgumentHelp(
      "Scenario files, folders of them, or the beginnings of their ids.", valueName: "scenario"))
  var scenarios: [String] = []

  @Flag(help: "How requirements stand: proven, planned, not observable.")
  var coverage = false

  @Flag(help: "The ways in which the embedded relay can be broken.")
  var faults = false

  @OptionGroup(title: "Filters") var filters: ListFilters

  func validate() throws {
    if coverage, faults { throw ValidationError("--coverage and --faults exclude each other") }
    if coverage, !scenarios.isEmpty {
      throw ValidationError("--coverage is of requirements; narrow it by --rfc and --section")
    }
  }

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    if coverage { return try listCoverage(on: surroundings.console) }
    if faults { return try listFaults(on: surroundings.console) }
    return try listScenarios(on: surroundings.console)
  }

  // MARK: Scenarios

  private func listScenarios(on console: Console) throws -> RunExit {
    let finder = ScenarioFinder()
    let found =
      scenarios.isEmpty ? finder.scenarios(withPrefix: "") : try finder.find(scenarios)
    guard !found.isEmpty else {
      throw UsageError("no folder Scenarios here; name files or folders")
    }
    let judged = try filters.judged()
    let register = filters.isEmpty ? nil : try Library(finder: finder).register
    var rows: [[String]] = []
    var problems: [String] = []
    for file in found {
      do {
        let scenario = try Scenario.decode(file: file.path, root: file.root)
        if let judged, !judged.contains(scenario.id) { continue }
        if let register, !filters.matches(scenario, register: register) { continue }
        rows.append(Self.row(of: scenario))
      } catch {
        problems += error.problems.map(\.description)
      }
    }
    console.result(TextTable.text(rows))
    for problem in problems { console.note("\(problem)\n") }
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

  // MARK: Requirements

  private func listCoverage(on console: Console) throws -> RunExit {
    let library = try Library()
    let coverage = library.coverage
    if filters.isEmpty {
      console.result(CoverageText.table(coverage) { _ in true })
    } else {
      let judged = try filters.judged()
      let proofs = Set(
        library.scenarios.filter { judged?.contains($0.id) ?? true }.flatMap(\.proves))
      console.result(
        CoverageText.lines(coverage) { requirement in
          filters.matches(requirement) && (judged == nil || proofs.contains(requirement.id))
        })
    }
    for id in coverage.unknown { console.error("\(id): no such requirement in the register") }
    for id in coverage.contradictions {
      console.error("\(id): proven by a check, and listed as not observable")
    }
    return coverage.unknown.isEmpty && coverage.contradictions.isEmpty ? .passed : .usage
  }

  // MARK: Faults

  private func listFaults(on console: Console) throws -> RunExit {
    let library = try Library()
    let rows = RelayFaultCatalogue.all.filter { fault in
      scenarios.isEmpty || scenarios.contains { fault.name.hasPrefix($0) }
    }.filter { fault in
      filters.isEmpty
        || fault.breaks.contains { library.register[$0].map(filters.matches) ?? false }
    }.map { fault in
      let finders = library.scenarios.filter { $0.faults.contains(fault.name) }.map(\.id)
      return [
        fault.name, fault.summary, "breaks \(fault.breaks.joined(separator: ", "))",
        "found by \(finders.isEmpty ? "none" : finders.joined(separator: ", "))",
      ]
    }
    console.result(TextTable.text(rows))
    return .passed
  }
}
