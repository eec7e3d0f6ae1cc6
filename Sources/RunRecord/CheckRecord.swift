// SPDX-License-Identifier: Apache-2.0
//
// What one check found, with the evidence for it.

/// One check with its evidence.
package struct CheckRecord: Sendable, Equatable {
  package var id: String
  /// As which kind of server the target was checked; nil where the run has only one.
  package var role: String?
  /// What the sessions had passed through: `clear`, `AUTH`, `TLS` or `TLS+AUTH`.
  package var gate: String?
  package var title: String
  /// One of `pass`, `fail`, `warn`, `info`, `skipped`, `inconclusive`, `error`.
  package var verdict: String
  package var requirements: [String]
  package var expected: String?
  package var actual: String?
  package var severity: String?
  package var reason: String?
  /// Why the operator lives with this verdict, where a waiver says so.
  package var waiver: String?
  /// File under `transcripts/`, relative to the run folder.
  package var transcript: String?
  /// The lines of the transcript, rendered.
  package var transcriptLines: [String]
  /// Whether the target let us open a connection; a run that met a closed door cannot end in 0.
  package var reached: Bool
  /// Seconds.
  package var duration: Double
  /// Facts measured on the way, by name, with unit in the text.
  package var measured: [String: String]

  /// What counts: the verdict, or `waived`.
  package var standing: String { waiver == nil ? verdict : "waived" }

  package init(
    id: String, title: String, verdict: String, requirements: [String] = [],
    expected: String? = nil, actual: String? = nil, severity: String? = nil,
    reason: String? = nil, transcript: String? = nil, transcriptLines: [String] = [],
    reached: Bool = true, duration: Double = 0, measured: [String: String] = [:]
  ) {
    self.id = id
    self.title = title
    self.verdict = verdict
    self.requirements = requirements
    self.expected = expected
    self.actual = actual
    self.severity = severity
    self.reason = reason
    self.transcript = transcript
    self.transcriptLines = transcriptLines
    self.reached = reached
    self.duration = duration
    self.measured = measured
  }
}
