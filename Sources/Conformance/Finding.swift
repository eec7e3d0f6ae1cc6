// SPDX-License-Identifier: Apache-2.0
//
// Verdict rules: from what a dialogue recorded to what it says of the target. Pure functions; they
// know no socket and no report.

package import DialogueEngine
import JSONText
import SMTPWire
package import ScenarioLanguage

/// A verdict with its evidence.
package struct Finding: Sendable, Equatable {
  package var verdict: Verdict
  /// The acceptable answers to the step that decided.
  package var expected: String?
  /// What came instead, or as wanted.
  package var actual: String?
  /// Which step decided, and why, where the two above do not say it.
  package var reason: String?

  package init(
    _ verdict: Verdict, expected: String? = nil, actual: String? = nil, reason: String? = nil
  ) {
    self.verdict = verdict
    self.expected = expected
    self.actual = actual
    self.reason = reason
  }

  /// The finding with a place put before its reason: a session, a repetition.
  package func at(_ place: String) -> Finding {
    var finding = self
    finding.reason = place + (reason.map { ": \($0)" } ?? "")
    return finding
  }

  /// The heavier of two findings; of two that weigh the same, the earlier one.
  package func combined(with later: Finding) -> Finding {
    later.verdict.weight > verdict.weight ? later : self
  }
}

extension Finding {
  /// What one dialogue says of the target.
  ///
  /// The harness's own preparation never makes a finding of the check: where it fails, nothing was
  /// judged. Nor is a dialogue a pass in which no step of the script decided anything.
  package init(of record: DialogueRecord, ending: SessionEnding) {
    if case .skipped(let reason) = ending {
      self.init(.skipped, reason: reason)
      return
    }
    guard let decisive = record.decisive,
      decisive.origin == .script || decisive.isObstacle || record.desync != nil
    else {
      self.init(undecided: ending)
      return
    }
    if let desync = record.desync, record.verdict == .fail, record.reason == desync.description {
      // Behind a break in the pairing no answer can be attributed, so the steps do not count.
      self.init(
        .fail, expected: "one reply to each command, in order", actual: desync.description)
      return
    }
    self.init(of: decisive, verdict: record.verdict)
    if record.refusesAnotherHello(at: decisive), verdict == .fail {
      self = Finding(
        .inconclusive, expected: expected, actual: actual,
        reason: "\(reason ?? ""): the target takes no second hello")
    }
    if case .closed = decisive.answer { addSurplus(of: record, at: decisive.instruction) }
    if case .cancelled = ending { weaken(to: "stopped before its end") }
  }

  private init(of step: StepOutcome, verdict: Verdict) {
    let why = step.reason.map { ": \($0)" } ?? ""
    let place =
      step.origin == .harness
      ? "before the check, at \(step.label)"
      : step.position.line > 0 ? "\(step.label), line \(step.position.line)" : step.label
    let gate = verdict == .fail || verdict == .warn ? step.closedGate.map { ": \($0)" } : nil
    self.init(
      gate == nil ? verdict : .inconclusive,
      expected: step.expected.isEmpty ? nil : step.expected,
      actual: step.answer.description, reason: place + (gate ?? why))
  }

  /// A connection that ended behind replies which nobody had asked for shows those as well.
  private mutating func addSurplus(of record: DialogueRecord, at instruction: Int) {
    // They were read while the step before still waited, or before ours was written.
    let texts = record.observations.filter {
      $0.kind == .surplusReply && (instruction - 1...instruction).contains($0.instruction)
    }
    guard let actual, !texts.isEmpty else { return }
    let shown = texts.prefix(3).map(\.text).joined(separator: "; ")
    self.actual = "\(actual), after \(shown)"
  }

  private init(undecided ending: SessionEnding) {
    switch ending {
    case .setupFailed(let stage, _, let reason):
      self.init(.inconclusive, reason: "before the check, at \(stage.rawValue): \(reason)")
    case .cancelled: self.init(.inconclusive, reason: "stopped before its end")
    case .skipped(let reason): self.init(.skipped, reason: reason)
    case .finished:
      self.init(.inconclusive, reason: "the dialogue ended before it decided anything")
    }
  }

  /// What was stopped halfway proves nothing, unless something was wrong already.
  private mutating func weaken(to reason: String) {
    guard verdict.weight < Verdict.inconclusive.weight else { return }
    self = Finding(.inconclusive, reason: reason)
  }
}

extension DialogueRecord {
  /// Whether the step is a hello behind another one that was taken, and 503 the answer to it.
  ///
  /// A server need not accept EHLO again (RFC 5321 section 4.1.4: "if … the EHLO command is
  /// acceptable"), so that is held against no check but those that name 503.
  fileprivate func refusesAnotherHello(at step: StepOutcome) -> Bool {
    guard step.phase == .ehlo, !step.expected.contains("503"),
      case .replies(let replies) = step.answer, replies.last?.code == 503,
      let place = steps.firstIndex(where: {
        $0.instruction == step.instruction && $0.member == step.member
      })
    else { return false }
    // A new connection makes the next hello the first again.
    for earlier in steps[..<place].reversed() {
      switch earlier.phase {
      case .connect, .greeting, .tls: return false
      // That step ends with a hello of its own.
      case .starttls:
        if case .secured = earlier.answer { return true }
        return false
      case .ehlo:
        if case .replies(let replies) = earlier.answer, replies.last?.code == 250 { return true }
      default: break
      }
    }
    return false
  }
}

extension StepOutcome {
  /// Which gate the answer shows to be closed; nil where the answer is one to the command itself.
  ///
  /// A script that names the code is about the gate itself. Before TLS, only EHLO, NOOP, STARTTLS and QUIT must work (RFC 3207 section 4), before a login
  /// AUTH, EHLO, HELO, NOOP, RSET and QUIT (RFC 4954 section 6).
  fileprivate var closedGate: String? {
    guard origin == .script, case .replies(let replies) = answer, let reply = replies.last,
      reply.code == 530 || reply.code == 538, !isNamed
    else { return nil }
    let verb = label.prefix { $0 != " " }.uppercased()
    if ["EHLO", "LHLO", "NOOP", "STARTTLS", "QUIT"].contains(verb) { return nil }
    if reply.code == 538 { return "the login wants TLS first" }
    if reply.octets.containsIgnoringCase(Array("TLS".utf8)) { return "a gate: TLS is wanted first" }
    return ["AUTH", "HELO", "RSET"].contains(verb) ? nil : "a gate: a login is wanted first"
  }

  /// Whether the harness failed to bring about what the script builds on.
  fileprivate var isObstacle: Bool {
    guard origin == .harness, let verdict else { return false }
    return verdict.weight >= Verdict.inconclusive.weight
  }
}
