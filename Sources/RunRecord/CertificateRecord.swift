// SPDX-License-Identifier: Apache-2.0
//
// What a certification knows besides its checks: the rules that they prove, what was met at each gate,
// and what became of the waivers.

/// The part of a record that only certifications have.
package struct CertificateRecord: Sendable, Equatable {
  /// The requirements that the checks name, each once.
  package var requirements: [RequirementRecord]
  /// In the order in which they were looked at.
  package var gates: [GateRecord]
  /// Every waiver that was given.
  package var waivers: [WaiverRecord]
  /// Why a target could not be judged to the end, a line each.
  package var shutOut: [String]

  package init(
    requirements: [RequirementRecord] = [], gates: [GateRecord] = [],
    waivers: [WaiverRecord] = [], shutOut: [String] = []
  ) {
    self.requirements = requirements
    self.gates = gates
    self.waivers = waivers
    self.shutOut = shutOut
  }
}

/// A rule, as far as a verdict needs it.
package struct RequirementRecord: Sendable, Equatable {
  package var id: String
  package var rfc: Int
  package var section: String
  /// `MUST`, `MUST NOT`, `SHOULD`, `SHOULD NOT`, `MAY` or `note`.
  package var level: String
  package var title: String

  package init(id: String, rfc: Int, section: String, level: String, title: String) {
    self.id = id
    self.rfc = rfc
    self.section = section
    self.level = level
    self.title = title
  }
}

/// What a plain session met at one gate of one role.
package struct GateRecord: Sendable, Equatable {
  package var role: String
  /// `clear`, `AUTH`, `TLS` or `TLS+AUTH`.
  package var gate: String
  /// What kept it from handing in mail; nil where nothing did.
  package var obstacle: String?
  package var greeting: String?
  /// EHLO keywords with arguments, as last seen at this gate.
  package var capabilities: [String]
  package var tls: TLSRecord?
  /// How long each answer took, with its unit, in the order of the session.
  package var timings: [Timing]

  package struct Timing: Sendable, Equatable {
    package var name: String
    package var text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  package init(
    role: String, gate: String, obstacle: String? = nil, greeting: String? = nil,
    capabilities: [String] = [], tls: TLSRecord? = nil, timings: [Timing] = []
  ) {
    self.role = role
    self.gate = gate
    self.obstacle = obstacle
    self.greeting = greeting
    self.capabilities = capabilities
    self.tls = tls
    self.timings = timings
  }
}

/// A waiver, and what became of it.
package struct WaiverRecord: Sendable, Equatable {
  /// The id of a check or of a folder of checks.
  package var check: String
  package var role: String?
  package var gate: String?
  package var verdicts: [String]
  package var reason: String
  /// File and line.
  package var place: String
  package var state: State
  /// How many verdicts it waives.
  package var count: Int

  package enum State: String, Sendable, CaseIterable {
    /// It waives at least one verdict.
    case applied
    /// Its checks were judged, and none ended so.
    case stale
    /// Its checks were not judged in this run.
    case unused
  }

  package init(
    check: String, role: String? = nil, gate: String? = nil, verdicts: [String], reason: String,
    place: String, state: State, count: Int
  ) {
    self.check = check
    self.role = role
    self.gate = gate
    self.verdicts = verdicts
    self.reason = reason
    self.place = place
    self.state = state
    self.count = count
  }
}
