// SPDX-License-Identifier: Apache-2.0
//
// Options that several commands share, as the command line writes them.

import ArgumentParser
import ScenarioLanguage

/// Which server to test, and what of its profile to override.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server: a profile, or smtp://, submission://, submissions://, lmtp:// or lmtp+unix://.",
      discussion: "Without it, the embedded relay.", valueName: "url-or-profile"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "Role of the embedded relay: relay, submission, submissions or lmtp.", valueName: "role"))
  var role: Role?

  @Option(
    help: ArgumentHelp(
      "Break the embedded relay in a named way; list --faults shows the names.",
      valueName: "name"))
  var fault: [String] = []

  @Option(help: ArgumentHelp("TLS in place of the profile's: starttls, implicit or none."))
  var tls: TLSOverride?

  @Option(help: ArgumentHelp("PEM file of the authorities to trust.", valueName: "file"))
  var ca: String?

  @Flag(help: "Do not verify the server's certificate.")
  var insecure = false

  @Option(
    help: ArgumentHelp(
      "TLS handshakes that resume a session: off, on, or a share such as 30%.",
      valueName: "off|on|share"))
  var resumption: ResumptionArgument?

  @Flag(name: .customLong("no-resumption"), help: "The same as --resumption off.")
  var noResumption = false

  @Option(help: ArgumentHelp("Limit of every wait, such as 30s.", valueName: "duration"))
  var timeout: DurationArgument?

  func validate() throws {
    if role != nil, target != nil {
      throw ValidationError("--role is for the embedded relay; a target's profile says its own")
    }
    if !fault.isEmpty, target != nil {
      throw ValidationError("--fault breaks the embedded relay; a target is as it is")
    }
    if noResumption, resumption != nil {
      throw ValidationError("--resumption and --no-resumption exclude each other")
    }
    if insecure, ca != nil { throw ValidationError("--ca and --insecure exclude each other") }
  }
}

/// What becomes of the result.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Folder in which the run's folder is made.", valueName: "dir"))
  var report = "Reports"

  @Flag(name: .customLong("no-report"), help: "Write no folder.")
  var noReport = false

  @Flag(help: "Print the record as JSON instead of the summary.")
  var json = false

  @Flag(help: "Print no summary and no progress.")
  var quiet = false

  @Flag(help: "Show every dialogue of a check on standard error.")
  var trace = false

  @Flag(help: "Let warnings fail the run.")
  var strict = false
}

/// How much load, in place of what the scenario says.
struct LoadOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Sessions at the same time.", valueName: "n"))
  var sessions: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("Messages in total.", valueName: "n"))
  var messages: Int?

  @Option(
    help: ArgumentHelp(
      "Messages on one connection: a number, 1..50 or endless; 0 connects and leaves.",
      valueName: "n"))
  var perConnection: PerConnectionArgument?

  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp("Size of each message, such as 4096 or 64KiB.", valueName: "octets"))
  var size: SizeArgument?

  @Option(
    help: ArgumentHelp(
      "Keep connections open this long after all sessions have nothing left to send.",
      valueName: "duration"))
  var hold: DurationArgument?

  @Option(help: ArgumentHelp("Threads that drive sessions.", valueName: "n"))
  var workers: Int?

  /// Whether the command line asks for load, whatever the scenario says.
  var asksForLoad: Bool {
    sessions != nil || messages != nil || perConnection != nil || hold != nil
  }

  func validate() throws {
    try check(sessions, "--sessions", 1...Limits.sessions)
    try check(messages, "--messages", 1...Limits.loadMessages)
    try check(workers, "--workers", 1...Self.mostWorkers)
  }

  /// More threads than any machine this runs on has cores.
  static let mostWorkers = 256

  private func check(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError(
      "\(name) \(value) is not between \(range.lowerBound) and \(range.upperBound)")
  }
}

// MARK: - Values

enum TLSOverride: String, ExpressibleByArgument, CaseIterable {
  case starttls
  case implicit
  case none
}

/// A share of TLS handshakes, `off`, `on`, `30%`.
struct ResumptionArgument: ExpressibleByArgument, Equatable {
  var value: Resumption

  init?(argument: String) {
    guard let value = Resumption(argument) else { return nil }
    self.value = value
  }
}

/// A duration with its unit, `250ms`, `3s`, `2m`.
struct DurationArgument: ExpressibleByArgument, Equatable {
  var value: Duration

  init?(argument: String) {
    guard let value = Quantity.duration(argument), value <= Limits.loadTime else { return nil }
    self.value = value
  }
}

/// A size in octets, `4096`, `64KiB`.
struct SizeArgument: ExpressibleByArgument, Equatable {
  var octets: Int

  init?(argument: String) {
    guard let octets = Quantity.size(argument), octets <= 1 << 30 else { return nil }
    self.octets = octets
  }
}

/// Messages on one connection, `50`, `1..50`, `endless`.
struct PerConnectionArgument: ExpressibleByArgument, Equatable {
  var value: PerConnection

  init?(argument: String) {
    guard let value = PerConnection(argument) else { return nil }
    self.value = value
  }
}

extension Role: ExpressibleByArgument {}
