// SPDX-License-Identifier: Apache-2.0
//
// Options that several commands share, as the command line writes them.

import ArgumentParser
import ScenarioLanguage

/// Which server to test, and what of its profile to override.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .customLong("target"),
    help: ArgumentHelp(
      "The server: a profile, or smtp://, submission://, submissions://, lmtp:// or lmtp+unix://.",
      discussion: "Without it, the embedded relay. A load takes several, at the same time.",
      valueName: "url-or-profile"))
  var targets: [String] = []

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

  /// The target of whatever takes just one.
  var target: String? { targets.first }

  /// - Throws: `UsageError` for several targets.
  func requireOne(for what: String) throws {
    guard targets.count > 1 else { return }
    throw UsageError("one target at a time: \(what) does not take several")
  }

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

extension Role: ExpressibleByArgument {}
