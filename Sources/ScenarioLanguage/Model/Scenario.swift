// SPDX-License-Identifier: Apache-2.0
//
// A scenario as read from its file: checked, typed, and not yet tied to a target.

package import JSONText

/// One scenario.
package struct Scenario: Sendable {
  /// The path below the root without the suffix: `rfc5321/4.1.1.5-rset/forgets-recipients`.
  package var id: String
  package var file: String
  package var title: String
  /// Ids of the requirements that a pass of the scenario shows to hold.
  package var proves: [String]
  /// The kinds of targets for which it says anything.
  package var applies: [Role]
  package var security: Security?
  package var level: AbuseLevel
  package var needs: Needs
  /// Names of faults of the embedded relay that the scenario must find.
  package var faults: [String]
  /// The state that the runner reaches first; nil where the scenario connects by itself.
  package var start: StartState?
  /// The name to say in EHLO in place of the profile's.
  package var client: ScriptText?
  package var feed: Feed?
  package var load: LoadPlan?
  /// What a load is to find out besides its figures.
  package var study: Study?
  package var thresholds: [Threshold]
  package var sink: SinkRequest?
  package var judgements: [Judgement]
  package var report: [ReportedMetric]
  package var recover: RecoveryRequest?
  /// The ways to play the dialogue that have to get the same replies, the measure of the others
  /// first; empty: it is played once, as it stands.
  package var manners: [Manner]
  /// What is looked for with sequences of commands of the harness's own making, in place of a
  /// dialogue.
  package var search: Search?
  /// The runs of the scenario, at least one; more where it repeats.
  package var runs: [Run]
  /// Every name that a text refers to, with the first place.
  package var references: [Reference: SourcePosition]

  /// One run with what it varies.
  package struct Run: Sendable {
    package var values: [(name: String, value: String)]
    package var body: Body
  }

  /// What a scenario does; the three forms exclude each other.
  package enum Body: Sendable {
    /// A check on one connection after another.
    case dialogue([Step])
    /// Several sessions at the same time.
    case sessions([NamedSession])
    /// A load.
    case load(LoadScript)
  }

  /// Whether the scenario is written for load.
  package var isLoad: Bool {
    guard case .load? = runs.first?.body else { return false }
    return true
  }
}

/// A question to a target that takes several loads to answer.
package enum Study: String, Sendable, CaseIterable {
  /// How many messages a connection takes, and what reuse is worth.
  case reuse
}

/// The parts of a load.
package struct LoadScript: Sendable {
  /// Once a connection; nil: what `start` asks for, and nothing more.
  package var setup: [Step]?
  /// On a connection that carried a transaction already, before each further one.
  package var between: [Step] = []
  package var transaction: [Step]
  /// Once a connection, at its end; nil: QUIT.
  package var teardown: [Step]?
}

/// A session of its own beside others.
package struct NamedSession: Sendable {
  package var name: String
  package var start: StartState
  package var dialogue: [Step]
  package var counts: [Int]
  package var every: Duration?
  package var hold: Duration?
  package var source: ScriptText?
  package var position: SourcePosition
}

/// The state of the connection in which a dialogue begins.
package enum StartState: String, Sendable, CaseIterable, Comparable {
  /// TCP (and implicit TLS) is up; nothing has been read.
  case connected
  /// The greeting has been read.
  case greeted
  /// EHLO or LHLO has been answered.
  case hello
  /// TLS is up as far as the profile asks for it.
  case secure
  /// Logged in as far as the profile asks for it.
  case ready

  package static func < (left: StartState, right: StartState) -> Bool {
    left.order < right.order
  }

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Marks a finding as one of security.
package struct Security: Sendable, Equatable {
  package var severity: Severity
  /// The class of attack, in a word or two.
  package var kind: String

  package enum Severity: String, Sendable, Equatable, CaseIterable {
    case low
    case medium
    case high
    case critical
  }
}

/// How far a probe goes.
package enum AbuseLevel: String, Sendable, CaseIterable, Comparable {
  /// Reads.
  case reads = "L0"
  /// One odd connection.
  case odd = "L1"
  /// Bounded load.
  case bounded = "L2"
  /// May crash the target.
  case dangerous = "L3"

  package static func < (left: AbuseLevel, right: AbuseLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// What must be there for a scenario to say anything; the steps themselves are counted in.
package struct Needs: Sendable, Equatable {
  /// EHLO keywords in upper case, with an argument where one is needed.
  package var extensions: [String] = []
  package var credentials = false
  package var addresses: [AddressName] = []
  package var sink = false
  /// Whether the profile has to use TLS.
  package var tls = false
  /// Whether the profile has to say whose certificates are believed.
  package var trust = false
  /// How many source addresses the profile has to have.
  package var sources = 0
}

/// How the profile's sink shall behave, as written.
package struct SinkRequest: Sendable {
  package var replies: [SinkScript.Reply]
}

/// The look at the target after the sessions, as written.
package struct RecoveryRequest: Sendable {
  package var after: [Duration]
  package var dialogue: [Step]
}
