// SPDX-License-Identifier: Apache-2.0
//
// What happened in a run, as plain values. Every report is rendered from this and nothing else; it
// knows no socket, no scenario and no format.

/// The whole of one run.
package struct RunRecord: Sendable, Equatable {
  /// Version of the form of `run.json`; grows with every change that a reader could notice.
  package static let schemaVersion = 1

  package var tool: ToolFacts
  package var target: TargetFacts
  /// The scenario or suite that ran.
  package var scenario: ScenarioFacts
  /// RFC 3339, UTC.
  package var started: String
  /// Seconds of wall time.
  package var duration: Double
  /// Whether the harness kept up, and why not.
  package var valid: Bool
  package var invalidReason: String?
  /// Whether the run was stopped by its user before its end.
  package var interrupted: Bool
  package var checks: [CheckRecord]
  package var load: LoadRecord?
  /// Only certifications have one.
  package var certificate: CertificateRecord?
  /// What a study of connection reuse found; `load` is that of its reused connections then.
  package var reuse: ReuseRecord?
  package var thresholds: [ThresholdRecord]
  /// The process exit code that this record stands for.
  package var exit: Int

  package init(
    tool: ToolFacts, target: TargetFacts, scenario: ScenarioFacts, started: String,
    duration: Double = 0, valid: Bool = true, invalidReason: String? = nil,
    interrupted: Bool = false, checks: [CheckRecord] = [], load: LoadRecord? = nil,
    thresholds: [ThresholdRecord] = [], exit: Int = 0
  ) {
    self.tool = tool
    self.target = target
    self.scenario = scenario
    self.started = started
    self.duration = duration
    self.valid = valid
    self.invalidReason = invalidReason
    self.interrupted = interrupted
    self.checks = checks
    self.load = load
    self.thresholds = thresholds
    self.exit = exit
  }
}

package struct ToolFacts: Sendable, Equatable {
  package var name: String
  package var version: String
  /// The command line that repeats the run, secrets left out.
  package var command: [String]
  package var seed: UInt64

  package init(name: String, version: String, command: [String], seed: UInt64) {
    self.name = name
    self.version = version
    self.command = command
    self.seed = seed
  }
}

package struct ScenarioFacts: Sendable, Equatable {
  package var id: String
  package var title: String

  package init(id: String, title: String) {
    self.id = id
    self.title = title
  }
}
