// SPDX-License-Identifier: Apache-2.0
//
// Which requirements and scenarios `relaymark list` shows.

import ArgumentParser
import Conformance
import JSONText
import ReportWriters
import RunRecord
import ScenarioLanguage

/// What narrows a list; everything that is given has to hold.
struct ListFilters: ParsableArguments {
  @Option(help: ArgumentHelp("Only of this RFC: 5321.", valueName: "number"))
  var rfc: Int?

  @Option(help: ArgumentHelp("Only of sections that begin so: 4.1.1.", valueName: "prefix"))
  var section: String?

  @Option(help: "Only of this level: MUST, \"MUST NOT\", SHOULD, … or L0 to L3.")
  var level: String?

  @Option(help: "Only checks with this verdict in the record.")
  var verdict: Verdict?

  @Option(help: ArgumentHelp("The record, a run.json.", valueName: "file"))
  var record: String?

  func validate() throws {
    if (verdict == nil) != (record == nil) {
      throw ValidationError("--verdict and --record go together")
    }
    if let level, requirementLevel == nil, AbuseLevel(rawValue: level.uppercased()) == nil {
      throw ValidationError(
        "--level \(level) is neither a level of requirements nor one of checks")
    }
  }

  var requirementLevel: Requirement.Level? {
    level.flatMap { text in
      Requirement.Level.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
    }
  }

  /// Whether the list is narrowed to parts of RFCs.
  var isEmpty: Bool { rfc == nil && section == nil && level == nil && verdict == nil }

  /// The ids of the checks that have the verdict in the record; nil where it does not matter.
  func judged() throws -> Set<String>? {
    guard let verdict, let record else { return nil }
    do {
      let document = try RunDocument.record(
        from: JSONReader.read(file: record, limits: .record), file: record)
      return Set(document.checks.filter { $0.verdict == verdict.rawValue }.map(\.id))
    } catch {
      throw UsageError(error.description)
    }
  }

  func matches(_ requirement: Requirement) -> Bool {
    if let rfc, requirement.rfc != rfc { return false }
    if let section, !Self.section(requirement.section, begins: section) { return false }
    if level != nil, requirementLevel != requirement.level { return false }
    return true
  }

  /// Whether the scenario is of the section, or proves a requirement of it.
  func matches(_ scenario: Scenario, register: RequirementRegister) -> Bool {
    if let level, let abuse = AbuseLevel(rawValue: level.uppercased()), scenario.level != abuse {
      return false
    }
    let isOfRequirements = rfc != nil || section != nil || requirementLevel != nil
    guard isOfRequirements else { return true }
    var filters = self
    if requirementLevel == nil { filters.level = nil }
    return scenario.proves.contains { id in register[id].map(filters.matches) ?? false }
  }

  /// 4.1 begins 4.1.1, and not 4.10.
  private static func section(_ section: String, begins prefix: String) -> Bool {
    section == prefix || section.hasPrefix(prefix.hasSuffix(".") ? prefix : prefix + ".")
  }
}

extension Verdict: ExpressibleByArgument {}
