// SPDX-License-Identifier: Apache-2.0
//
// `relaymark certify`: holds a target, or the embedded relay, against every check that there is.

import ArgumentParser
import Conformance
import JSONText
import RunRecord
import ScenarioLanguage

/// Certifies a target.
struct CertifyCommand: ParsableCommand, Action {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Hold a target against the checks of all RFCs.",
    discussion: """
      Runs every check below Scenarios/rfc*, once for each gate that the profile can pass: in clear \
      text, over TLS, logged in. Without --target, certifies the embedded relay in all its roles.
      """)

  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Checks") var selection: SelectionOptions
  @OptionGroup(title: "Report") var report: ReportOptions

  @Option(help: ArgumentHelp("Makes a run repeatable.", valueName: "number"))
  var seed: UInt64?

  func perform(in surroundings: Surroundings) async throws -> RunExit {
    try target.requireOne(for: "certify")
    let scenarios = try selection.scenarios()
    let faults = try FaultNames.faults(target.fault)
    let run = RunFrame(
      seed: seed ?? UInt64.random(in: .min ... .max), command: surroundings.arguments,
      options: report, surroundings: surroundings)
    let named = try target.target.map { target.applied(to: try TargetProfile.named($0)) }
    let flow = CertifyFlow(
      scenarios: scenarios, selection: selection,
      waivers: try selection.waivers(for: named), register: try selection.register(), run: run)
    if selection.dryRun {
      surroundings.console.result(
        try flow.preview(of: named.map { [$0] } ?? target.embeddedProfiles))
      return .passed
    }
    let output = RunOutput(options: report, console: surroundings.console)
    try output.prepare()
    let record: RunRecord
    if let profile = named {
      record = try await Sink.with(profile, neededBy: scenarios) { sink in
        try await flow.record(of: [Target(profile: profile, isEmbedded: false, sink: sink)])
      }
    } else {
      record = try await EmbeddedRelay.withAllRoles(faults: faults) { profiles, sink in
        try await flow.record(
          of: profiles.map { profile in
            Target(profile: target.applied(to: profile), isEmbedded: true, sink: sink)
          })
      }
    }
    return output.finish(record)
  }
}

/// Which checks to run, and how.
struct SelectionOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only checks whose ids begin so: rfc5321/4.1.1, rfc3207.", valueName: "prefix"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Checks up to this level: L0, L1, L2, L3.", valueName: "level"))
  var level: AbuseLevelArgument?

  @Option(help: ArgumentHelp("Checks at the same time.", valueName: "n"))
  var connections: Int?

  @Option(
    help: ArgumentHelp(
      "File with the failures that are lived with, besides the profile's.", valueName: "file"))
  var waivers: String?

  @Flag(name: .customLong("dry-run"), help: "Say what would be run, and send nothing.")
  var dryRun = false

  @Flag(name: .customLong("fail-fast"), help: "Stop at the first check that fails.")
  var failFast = false

  func validate() throws {
    if let connections, !(1...Self.mostConnections).contains(connections) {
      throw ValidationError("--connections \(connections) is not between 1 and 100")
    }
  }

  /// More at the same time would be a load.
  static let mostConnections = 100

  /// The checks, read before anything is sent.
  func scenarios() throws -> [Scenario] {
    let finder = ScenarioFinder()
    let files = finder.scenarios(withPrefix: "rfc")
    guard !files.isEmpty else { throw UsageError("no folder Scenarios with checks is here") }
    let wanted = only.isEmpty ? files : files.filter { file in only.contains { file.begins($0) } }
    guard !wanted.isEmpty else {
      throw UsageError(
        only.map { "\($0): no check's id begins so; \"relaymark list\" shows what there is" })
    }
    var decoded: [Scenario] = []
    var problems: [String] = []
    for file in wanted {
      do {
        decoded.append(try Scenario.decode(file: file.path, root: file.root))
      } catch {
        problems += error.problems.map(\.description)
      }
    }
    guard problems.isEmpty else { throw UsageError(problems) }
    let limit = level?.value ?? .dangerous
    let chosen = decoded.filter { !$0.isLoad && $0.level <= limit }
    guard !chosen.isEmpty else {
      throw UsageError("no check is of level \(limit.rawValue) or below")
    }
    return chosen
  }
}

extension SelectionOptions {
  /// The waivers of the command line and of the profile, each of which has to speak of a check.
  func waivers(for profile: TargetProfile?) throws -> [Waiver] {
    let files = [waivers, profile?.waivers].compactMap(\.self)
    guard !files.isEmpty else { return [] }
    let known = ValidateCommand.knownChecks
    var list: [Waiver] = []
    var problems: [String] = []
    for file in files {
      do {
        let read = try WaiverFile.decode(file: file)
        try read.verify(known: known)
        list += read.waivers
      } catch {
        problems += error.problems.map(\.description)
      }
    }
    guard problems.isEmpty else { throw UsageError(problems) }
    return list
  }

  /// The rules that the checks prove.
  func register() throws -> RequirementRegister {
    guard let root = ScenarioFinder().root else {
      throw UsageError("no folder Scenarios here; it holds the register of requirements")
    }
    do {
      return try RequirementRegister(file: "\(root)/requirements.json")
    } catch {
      throw UsageError(error.description)
    }
  }
}

extension ScenarioFinder.Found {
  /// The id of the scenario: the path below the folder of all, without the suffix.
  var id: String {
    let place = root.map { path.dropFirst($0.count + 1) } ?? path[...]
    return String(place.hasSuffix(".json") ? place.dropLast(5) : place)
  }

  /// Whether the id begins with the text.
  func begins(_ prefix: String) -> Bool {
    guard let root else { return path.hasPrefix(prefix) }
    return path.dropFirst(root.count + 1).hasPrefix(prefix)
  }
}

/// How far probes go, `L0` to `L3`.
struct AbuseLevelArgument: ExpressibleByArgument, Equatable {
  var value: AbuseLevel

  init?(argument: String) {
    guard let value = AbuseLevel(rawValue: argument.uppercased()) else { return nil }
    self.value = value
  }
}

extension TargetProfile {
  /// The profile of a file or an address.
  static func named(_ name: String) throws -> TargetProfile {
    do {
      return try parse(name)
    } catch {
      throw UsageError(error.problems.map(\.description))
    }
  }
}

extension TargetOptions {
  /// The profiles of the embedded relay, without starting it.
  var embeddedProfiles: [TargetProfile] {
    Role.allCases.map { role in
      var profile = TargetProfile.embedded(port: 0, role: role, authority: [])
      profile.level = .bounded
      profile.connect(
        sink: TargetProfile.SinkAddress(host: "127.0.0.1", port: 0),
        window: profile.retryWindow)
      return applied(to: profile)
    }
  }
}
