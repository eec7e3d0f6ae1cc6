// SPDX-License-Identifier: Apache-2.0
//
// `relaymark explain ID`: what a requirement asks, where to read it, what proves it and how to put a
// server right. Checks and faults are explained too.

import ArgumentParser
import Conformance
import ReferenceRelay
import RunRecord
import ScenarioLanguage

/// Explains requirements, checks and faults.
struct ExplainCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a requirement, a check or a fault by its id.",
    discussion: """
      A requirement: its rule, its level, where to read it, the checks that prove it, and what a \
      server has to do. A check: what it proves and which faults it finds. A fault: what it breaks.
      """)

  @Argument(
    help: ArgumentHelp(
      "5321-4.1.1.5-rset-clears, rfc5321/4.1.1.5-rset/forgets-recipients, rset-keeps-sender.",
      valueName: "id"))
  var ids: [String]

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    let library = try Library()
    var texts: [String] = []
    var problems: [String] = []
    for id in ids {
      if let text = Explanation(of: id, in: library)?.text {
        texts.append(text)
      } else {
        let known =
          library.register.requirements.map(\.id) + library.scenarios.map(\.id)
          + RelayFaultCatalogue.all.map { $0.name }
        let near = NearestWord.find(id, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
        problems.append("\(id): no requirement, check or fault has this id\(near)")
      }
    }
    guard problems.isEmpty else { throw UsageError(problems) }
    surroundings.console.result(texts.joined(separator: "\n"))
    return .passed
  }
}

/// A few labelled lines about one thing.
struct Explanation {
  private var title: String
  private var rows: [(label: String, text: String)] = []

  /// nil where nothing has this id.
  init?(of id: String, in library: Library) {
    if let requirement = library.register[id] {
      self.init(requirement, in: library)
    } else if let scenario = library.scenarios.first(where: { $0.id == id }) {
      self.init(scenario, in: library)
    } else if let fault = RelayFaultCatalogue.fault(named: id) {
      self.init(fault, in: library)
    } else {
      return nil
    }
  }

  private init(_ requirement: Requirement, in library: Library) {
    title = "\(requirement.id): \(requirement.title)"
    rows = [("rule", requirement.rule), ("level", requirement.level.rawValue)]
    rows.append(("read it", Self.place(of: requirement)))
    let roles = requirement.applies.joined(separator: ", ")
    rows.append(("binds", roles.isEmpty ? "every server" : roles))
    if !requirement.requires.isEmpty {
      rows.append(("only with", requirement.requires.joined(separator: ", ")))
    }
    switch library.coverage.entries.first(where: { $0.requirement.id == requirement.id })?.standing
    {
    case .proven(let checks)?: rows += checks.map { ("proven by", $0) }
    case .notObservable(let reason)?: rows.append(("not observable", reason))
    case .planned?, nil: rows.append(("proven by", "no check yet"))
    }
    rows.append(("right", requirement.holds))
    rows.append(("broken", requirement.broken))
    if let reading = requirement.reading { rows.append(("mind", reading)) }
  }

  private init(_ scenario: Scenario, in library: Library) {
    title = "\(scenario.id): \(scenario.title)"
    rows = scenario.proves.map { ("proves", Self.line(of: $0, in: library)) }
    rows.append(("applies to", scenario.applies.map(\.rawValue).joined(separator: ", ")))
    rows.append(("level", scenario.level.rawValue))
    if let security = scenario.security {
      rows.append(("security", "\(security.kind), severity \(security.severity.rawValue)"))
    }
    rows += scenario.faults.map { ("finds", $0) }
    rows.append(("run it", "relaymark run \(scenario.file)"))
  }

  private init(_ fault: any RelayFault.Type, in library: Library) {
    title = "\(fault.name): \(fault.summary)"
    rows = fault.breaks.map { ("breaks", Self.line(of: $0, in: library)) }
    rows += library.checks(finding: fault.name).map { ("found by", $0) }
    rows.append(("play it", "relaymark serve --fault \(fault.name)"))
  }

  private static func line(of id: String, in library: Library) -> String {
    library.register[id].map { "\(id) (\($0.level.rawValue): \($0.title))" } ?? id
  }

  private static func place(of requirement: Requirement) -> String {
    let first = requirement.section.first
    let isAppendix = first.map { $0.isLetter } ?? false
    let name = isAppendix ? "appendix-\(requirement.section)" : "section-\(requirement.section)"
    return "RFC \(requirement.rfc), \(isAppendix ? "appendix" : "section") \(requirement.section), "
      + "https://www.rfc-editor.org/rfc/rfc\(requirement.rfc)#\(name)"
  }

  /// The lines, the first one the title, ending in a newline.
  var text: String {
    let width = rows.map(\.label.count).max() ?? 0
    let lines = rows.map { row in
      "  \(row.label)\(String(repeating: " ", count: width - row.label.count))  \(row.text)"
    }
    return ([title] + lines).joined(separator: "\n") + "\n"
  }
}
