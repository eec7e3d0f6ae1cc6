// SPDX-License-Identifier: Apache-2.0
//
// Runs a whole suite against one target: looks at the door, runs what can be judged at each gate, keeps
// the invariants, and looks at the door again.

import DialogueEngine
package import NIOCore
package import RunRecord
import SMTPTransport
package import SMTPWire
package import ScenarioLanguage
package import TLSEngine

/// What came of a certification of one target.
package struct Certification: Sendable {
  package var checks: [CheckRecord] = []
  package var greeting: Reply?
  package var capabilities: Capabilities?
  package var tls: TLSFacts?
  /// What a plain session met at each gate that was looked at.
  package var gates: [GateFacts] = []
  /// Why the target could not be judged to the end, in one line; nil where it could.
  package var shutOut: String?

  package init() {}
}

/// What a plain session met at one gate.
package struct GateFacts: Sendable {
  package var gate: Gate
  package var door: Door
  package var greeting: Reply?
  package var capabilities: Capabilities?
  package var tls: TLSFacts?
  /// How long each answer took, in the order of the session.
  package var timings: [(name: String, text: String)]

  init(of house: Gatehouse) {
    gate = house.gate
    door = house.door
    let report = house.sight.report
    greeting = report?.record.greeting
    capabilities = report?.record.capabilities
    tls = report?.tls
    let answered = report?.steps.filter { step in
      if case .replies = step.answer { true } else { step.phase == .tls || step.phase == .starttls }
    }
    timings = (answered ?? []).map { ($0.phase.rawValue, DurationText.of($0.nanoseconds)) }
  }
}

/// Certifies one target.
package struct Certifier: Sendable {
  let profile: TargetProfile
  let pacing: Pacing
  let run: String
  /// Makes what carries sessions through a profile.
  let carrier: @Sendable (TargetProfile) async throws -> any SessionCarrier
  /// Stop at the first check that fails and is not waived.
  let failsFast: Bool
  let waiving: Waiving
  /// Where the target's deliveries arrive; nil: the profile has no sink.
  let sink: SinkDesk?
  /// Told before each check: how many have begun, of how many, and which.
  let progress: @Sendable (Int, Int, String) -> Void

  /// Certifies over sockets.
  package init(
    profile: TargetProfile, pacing: Pacing? = nil, run: String, seed: UInt64,
    group: any EventLoopGroup, failsFast: Bool = false, waiving: Waiving = Waiving(),
    sink: SinkDesk? = nil,
    progress: @escaping @Sendable (Int, Int, String) -> Void = { _, _, _ in }
  ) {
    self.init(
      profile: profile, pacing: pacing ?? Pacing(for: profile), run: run, failsFast: failsFast,
      waiving: waiving, sink: sink, progress: progress
    ) { profile in
      let settings = try await SessionSettings.make(
        for: profile, mode: .check, run: run, seed: seed)
      return SocketCarrier(settings: settings, group: group)
    }
  }

  /// Certifies over whatever carries sessions.
  package init(
    profile: TargetProfile, pacing: Pacing, run: String, failsFast: Bool = false,
    waiving: Waiving = Waiving(), sink: SinkDesk? = nil,
    progress: @escaping @Sendable (Int, Int, String) -> Void = { _, _, _ in },
    carrier: @escaping @Sendable (TargetProfile) async throws -> any SessionCarrier
  ) {
    self.profile = profile
    self.pacing = pacing
    self.run = run
    self.failsFast = failsFast
    self.waiving = waiving
    self.sink = sink
    self.progress = progress
    self.carrier = carrier
  }

  /// Runs the plan.
  ///
  /// A cancelled task ends the sessions that are open politely, and returns what was found so far.
  ///
  /// - Throws: `TransportError` where the target's address or our own means of TLS cannot be had.
  package func certify(_ plan: CertificationPlan) async throws -> Certification {
    var result = Certification()
    let gates = try await gatehouses(of: plan, into: &result)
    result.gates = gates.map(GateFacts.init)
    let sorted = sort(plan.entries, at: gates)
    result.checks = gates.map(record(of:))
    result.checks += plan.skipped.map {
      mark(CheckRunner.skipped($0.scenario, reasons: $0.reasons))
    }
    result.checks += sorted.unreachable
    let suite = CheckSuite(
      certifier: self, gates: gates, whole: try await carrier(profile))
    let outcome = await suite.play(sorted.reachable)
    result.checks += zip(sorted.reachable, outcome.results).compactMap { entry, found in
      found.map { mark($0.record, gate: entry.gate) }
    }
    result.shutOut = outcome.shutOut
    var book = InvariantBook()
    for case (let entry, let found?) in zip(sorted.reachable, outcome.results) {
      book.merge(found.invariants.of(check: entry.scenario.id))
    }
    result.checks += book.records.map { mark($0) }
    if result.shutOut == nil, !Task.isCancelled, let gate = gates.first(where: \.door.letsIn) {
      result.checks.append(mark(await farewell(at: gate)))
    }
    return result
  }

  func mark(_ record: CheckRecord, gate: Gate? = nil) -> CheckRecord {
    var record = record
    record.role = profile.role.rawValue
    record.gate = gate?.rawValue ?? record.gate
    return record
  }

  /// A pause that a cancelled task cuts short.
  func pause(_ time: Duration) async {
    do { try await Task.sleep(for: time) } catch { return }
  }
}

// MARK: - Gates

/// What one look at the door showed.
struct Sight: Sendable {
  var door: Door
  /// nil where we failed ourselves.
  var report: DialogueReport?
}

/// A gate, what was met at it, and the means to go through.
struct Gatehouse: Sendable {
  var gate: Gate
  var sight: Sight
  var carrier: any SessionCarrier

  var door: Door { sight.door }
}

extension Certifier {
  /// Looks at the door at every gate, patiently; behind one that does not even greet, no further.
  private func gatehouses(
    of plan: CertificationPlan, into result: inout Certification
  ) async throws -> [Gatehouse] {
    var gates: [Gatehouse] = []
    for gate in plan.gates where gates.last?.door.letsIn ?? true {
      let carrier = try await carrier(profile.at(gate))
      let sight = await lookPatiently(with: carrier, wantsLogin: plan.wantsLogin(at: gate))
      result.greeting = result.greeting ?? sight.report?.record.greeting
      result.capabilities = sight.report?.record.capabilities ?? result.capabilities
      result.tls = sight.report?.tls ?? result.tls
      gates.append(Gatehouse(gate: gate, sight: sight, carrier: carrier))
    }
    return gates
  }

  /// Looks again, after pauses, at a door that may open by waiting.
  private func lookPatiently(
    with carrier: any SessionCarrier, wantsLogin: Bool
  ) async -> Sight {
    var sight = await look(with: carrier, wantsLogin: wantsLogin)
    for time in pacing.pauses {
      guard case .throttled = sight.door, !Task.isCancelled else { break }
      await pause(time)
      sight = await look(with: carrier, wantsLogin: wantsLogin)
    }
    for time in pacing.greylist {
      guard case .deferred = sight.door, !Task.isCancelled else { break }
      await pause(time)
      sight = await look(with: carrier, wantsLogin: wantsLogin)
    }
    return sight
  }

  /// One plain session.
  func look(with carrier: any SessionCarrier, wantsLogin: Bool = false) async -> Sight {
    do {
      let program = try Compiler.compile(Door.scenario(), for: carrier.profile, run: run)
      guard let session = program.sessions.first else {
        return Sight(door: .shut("there is no plain session"))
      }
      let report = await carrier.run(try carrier.prepare(session), number: 1)
      return Sight(door: Door(of: report, wantsLogin: wantsLogin), report: report)
    } catch {
      return Sight(door: .shut("\(error)"))
    }
  }

  private func record(of gate: Gatehouse) -> CheckRecord {
    var record = CheckRecord(
      id: "door/\(gate.gate.rawValue)", title: "What a plain session meets", verdict: "info")
    record.actual = gate.door.reason ?? "mail commands are served"
    record.reached = gate.sight.report.map { $0.record.connections > 0 } ?? false
    switch gate.door {
    case .open, .gated, .unavailable: break
    case .deferred, .refusing, .throttled, .shut: record.verdict = "inconclusive"
    }
    return mark(record, gate: gate.gate)
  }

  /// Shows that the target still serves after all that was done to it.
  private func farewell(at gate: Gatehouse) async -> CheckRecord {
    var record = CheckRecord(
      id: "door/after", title: "The target serves plain sessions after all checks",
      verdict: "pass")
    let sight = await look(with: gate.carrier)
    switch sight.door {
    case .open, .gated, .unavailable, .deferred: break
    case .throttled(let text):
      (record.verdict, record.actual) = ("inconclusive", text)
    case .refusing(let text), .shut(let text):
      (record.verdict, record.actual) = ("fail", text)
      record.expected = "a greeting, and answers to EHLO, MAIL and RCPT"
      record.transcriptLines = sight.report?.transcript?.render() ?? []
    }
    return mark(record, gate: gate.gate)
  }

  /// Divides entries into those that can be run and records of those that have no gate to be run at.
  private func sort(
    _ entries: [CertificationPlan.Entry], at gates: [Gatehouse]
  ) -> (reachable: [CertificationPlan.Entry], unreachable: [CheckRecord]) {
    let closed = gates.filter { gate in
      switch gate.door {
      case .gated, .unavailable: true
      case .open, .deferred, .refusing, .throttled, .shut: false
      }
    }
    let reachable = entries.filter { entry in
      !entry.isBehindGate || !closed.contains { $0.gate == entry.gate }
    }
    let ids = Set(reachable.map(\.scenario.id))
    var seen: Set<String> = []
    let unreachable = entries.filter { !ids.contains($0.scenario.id) }.compactMap { entry in
      guard seen.insert(entry.scenario.id).inserted else { return nil as CheckRecord? }
      var record = CheckRecord(of: entry.scenario)
      record.verdict = Verdict.inconclusive.rawValue
      let reasons = closed.map { "\($0.gate.rawValue): \($0.door.reason ?? "closed")" }
      record.reason = "no gate is open: \(reasons.joined(separator: "; "))"
      return mark(record)
    }
    return (reachable, unreachable)
  }
}
