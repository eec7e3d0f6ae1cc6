// SPDX-License-Identifier: Apache-2.0
//
// Runs one scenario as a check: every repetition, every named session, in the numbers and at the
// times that it asks for, and makes one record of what they found.

import DialogueEngine
package import NIOCore
package import RunRecord
package import SMTPTransport
import SMTPWire
package import ScenarioLanguage

/// What a check found, and what it learned of the target on the way.
package struct CheckResult: Sendable {
  package var record: CheckRecord
  /// The dialogue that saw most of the target; nil where none ran.
  package var report: DialogueReport?
  /// What all its sessions showed of the rules that hold for every reply.
  package var invariants: InvariantBook
  package var mood: TargetMood

  package init(
    record: CheckRecord, report: DialogueReport? = nil,
    invariants: InvariantBook = InvariantBook(), mood: TargetMood = .even
  ) {
    self.record = record
    self.report = report
    self.invariants = invariants
    self.mood = mood
  }
}

/// Runs checks against one target.
package struct CheckRunner: Sendable {
  let carrier: any SessionCarrier
  /// Where the target's deliveries arrive; nil: the profile has no sink.
  let sink: SinkDesk?

  package init(carrier: any SessionCarrier, sink: SinkDesk? = nil) {
    self.carrier = carrier
    self.sink = sink
  }

  /// Runs checks over sockets.
  ///
  /// - Parameters:
  ///   - group: Whose loops carry the sessions.
  ///   - sink: Where the target's deliveries arrive; nil: the profile has no sink.
  package init(settings: SessionSettings, group: any EventLoopGroup, sink: SinkDesk? = nil) {
    self.init(carrier: SocketCarrier(settings: settings, group: group), sink: sink)
  }

  /// A check that was not run, with everything that it lacked.
  package static func skipped(_ scenario: Scenario, reasons: [String]) -> CheckRecord {
    var record = CheckRecord(of: scenario)
    record.verdict = Verdict.skipped.rawValue
    record.reason = reasons.joined(separator: "; ")
    return record
  }

  /// A check that was given up in the middle, with nothing known of what it saw.
  package static func stopped(_ scenario: Scenario) -> CheckRecord {
    var record = CheckRecord(of: scenario)
    record.verdict = Verdict.inconclusive.rawValue
    record.reason = "stopped before its end"
    return record
  }

  /// Runs the check.
  ///
  /// A cancelled task ends its sessions politely and records what was seen.
  package func run(_ program: Program, of scenario: Scenario) async -> CheckResult {
    if let search = scenario.search {
      return await OrderCheck(scenario, search, carrier: carrier).run(program)
    }
    if !scenario.manners.isEmpty { return await compare(program, of: scenario) }
    let begin = ContinuousClock.now
    var record = CheckRecord(of: scenario)
    var play = Play()
    do {
      for (place, run) in program.runs.enumerated() where !Task.isCancelled {
        play.merge(
          try await run.errands.isEmpty ? self.play(run) : perform(run.errands, program.sink),
          at: program.runs.count > 1 ? Self.name(of: run, place: place) : nil)
      }
      if let recovery = program.recovery, !Task.isCancelled {
        play.note(try await recover(recovery))
      }
    } catch {
      play.note(Finding(.error, reason: "\(error)"))
    }
    for judgement in program.judgements {
      if let finding = judgement.finding(in: play.books) { play.note(finding) }
    }
    play.note(into: &record)
    for metric in program.report {
      if let text = metric.text(in: play.books) { record.measured[metric.name] = text }
    }
    record.duration = (ContinuousClock.now - begin) / .seconds(1)
    return CheckResult(
      record: record, report: play.report, invariants: play.invariants, mood: play.mood)
  }

  /// Plays the dialogue in its manners and holds the replies against each other.
  private func compare(_ program: Program, of scenario: Scenario) async -> CheckResult {
    let begin = ContinuousClock.now
    var record = CheckRecord(of: scenario)
    var whole = Play()
    var comparison = MannerComparison(of: scenario.manners)
    do {
      for run in program.runs where !Task.isCancelled {
        let part = try await play(run)
        let name = run.values.first?.value ?? ""
        comparison.add(part.report, of: part.finding, in: name)
        // A manner of which the target cannot be asked says nothing of it.
        whole.merge(part, at: name, decides: comparison.played.last?.name == name)
      }
      whole.note(comparison.finding)
    } catch {
      whole.note(Finding(.error, reason: "\(error)"))
    }
    whole.note(into: &record)
    record.measured.merge(comparison.facts) { first, _ in first }
    record.duration = (ContinuousClock.now - begin) / .seconds(1)
    return CheckResult(
      record: record, report: whole.report, invariants: whole.invariants, mood: whole.mood)
  }

  /// `delay = 5ms`, or the number of a repetition that varies nothing.
  private static func name(of run: Program.Run, place: Int) -> String {
    let values = run.values.map { "\($0.name) = \(WireText.escaped($0.value.utf8))" }
    return values.isEmpty ? "run \(place + 1)" : values.joined(separator: ", ")
  }
}

// MARK: - Sessions

extension CheckRunner {
  /// Runs all named sessions of one repetition at the same time.
  ///
  /// Those with an interval start again and again until the others are done.
  private func play(_ run: Program.Run) async throws -> Play {
    let done = DoneFlag()
    let isNamed = run.sessions.count > 1
    return try await withThrowingTaskGroup(of: Play.self) { tasks in
      let canaries = run.sessions.filter { $0.schedule.every != nil }
      for canary in canaries {
        tasks.addTask { try await self.repeated(canary, isNamed: isNamed, until: done) }
      }
      let leaders = run.sessions.filter { $0.schedule.every == nil }
      for leader in leaders {
        tasks.addTask { try await self.staircase(leader, isNamed: isNamed) }
      }
      if leaders.isEmpty { done.set() }
      var play = Play()
      var leading = leaders.count
      for try await part in tasks {
        play.merge(part, at: nil)
        // Canaries end after the leaders alone, so the first results are the leaders'.
        leading -= 1
        if leading <= 0 { done.set() }
      }
      return play
    }
  }

  /// Runs the session in one number after another, until the target refuses one.
  private func staircase(_ session: SessionProgram, isNamed: Bool) async throws -> Play {
    let prepared = try carrier.prepare(session)
    var play = Play()
    for count in session.schedule.counts where !Task.isCancelled {
      play.nextStep(of: session.name)
      let reports = await reports(of: prepared, copies: count)
      for (number, report) in reports.enumerated() {
        let name = count > 1 ? "\(session.name) \(number + 1) of \(count)" : session.name
        play.add(report, session: session.name, place: isNamed || count > 1 ? name : nil)
      }
      let isStaircase = session.schedule.counts.count > 1
      if isStaircase, play.books[session.name].map({ $0.refused > 0 }) ?? false { break }
    }
    return play
  }

  private func reports(of prepared: PreparedProgram, copies: Int) async -> [DialogueReport] {
    await withTaskGroup(of: (Int, DialogueReport).self) { tasks in
      for number in 1...max(1, copies) {
        tasks.addTask { (number, await self.carrier.run(prepared, number: number)) }
      }
      var reports: [(Int, DialogueReport)] = []
      for await report in tasks { reports.append(report) }
      return reports.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Runs the session at its interval, at least once, until the flag is set.
  private func repeated(
    _ session: SessionProgram, isNamed: Bool, until done: DoneFlag
  ) async throws -> Play {
    let prepared = try carrier.prepare(session)
    let interval = session.schedule.every ?? .seconds(1)
    var play = Play()
    var next = ContinuousClock.now
    var number = 0
    repeat {
      number += 1
      let report = await carrier.run(prepared, number: number)
      play.add(report, session: session.name, place: "\(session.name) \(number)", decides: false)
      next += interval
      await done.wait(until: next)
    } while !done.isSet && !Task.isCancelled
    return play
  }

  /// Tries a dialogue after each pause; one success is enough.
  private func recover(_ recovery: Recovery) async throws -> Finding {
    let prepared = try carrier.prepare(recovery.session)
    let begin = ContinuousClock.now
    var last = Finding(.pass)
    for pause in recovery.after {
      try await Task.sleep(until: begin + pause, clock: .continuous)
      let report = await carrier.run(prepared, number: 1)
      last = Finding(of: report.record, ending: report.ending)
      if last.verdict.isGood { return Finding(.pass) }
    }
    var finding = last.at("the target did not recover")
    finding.verdict = .fail
    return finding
  }
}

extension CheckRecord {
  /// What is known before anything has run.
  init(of scenario: Scenario) {
    self.init(
      id: scenario.id, title: scenario.title, verdict: Verdict.error.rawValue,
      requirements: scenario.proves, severity: scenario.security?.severity.rawValue)
  }
}
