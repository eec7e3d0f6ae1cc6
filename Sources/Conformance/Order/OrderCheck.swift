// SPDX-License-Identifier: Apache-2.0
//
// Runs a search against a target: every play is a session of its own, one behind the other, made of
// the same steps as any script.

import DialogueEngine
import JSONText
import RunRecord
import SMTPTransport
import SMTPWire
import ScenarioLanguage

/// Plays sequences against a target and keeps what they showed.
struct OrderCheck {
  let scenario: Scenario
  let search: Search
  let carrier: any SessionCarrier

  init(_ scenario: Scenario, _ search: Search, carrier: any SessionCarrier) {
    self.scenario = scenario
    self.search = search
    self.carrier = carrier
  }

  /// Searches, and makes a result of it.
  ///
  /// - Parameter program: The scenario's own, which has nothing but the way to its start state.
  func run(_ program: Program) async -> CheckResult {
    let begin = ContinuousClock.now
    var record = CheckRecord(of: scenario)
    var play = Play()
    do {
      guard let first = program.sessions.first else { throw CancellationError() }
      let frame = try carrier.prepare(first).settings
      let seed = frame.seed
      let plan = OrderPlan(
        seed: seed, sequences: search.sequences, commands: search.commands,
        hasUnknown: carrier.profile.addresses[.unknown] != nil)
      var played = Play()
      let outcome = try await OrderSearch(plan).run { commands in
        try await self.session(commands, run: frame.run, into: &played)
      }
      play = played
      play.note(Self.finding(of: outcome, seed: seed))
      play.note(into: &record)
      record.measured = [
        "seed": String(seed), "sequences": String(outcome.sequences),
        "commands": String(outcome.commands), "connections": String(outcome.connections),
        "not judged to the end": String(outcome.undecided.count),
      ]
      if let found = outcome.counterExample { record.transcriptLines = found.transcript }
    } catch {
      play.note(Finding(.error, reason: "\(error)"))
      play.note(into: &record)
    }
    record.duration = (ContinuousClock.now - begin) / .seconds(1)
    let isOpen = record.verdict == Verdict.inconclusive.rawValue
    return CheckResult(
      record: record, report: play.report, invariants: play.invariants,
      mood: isOpen ? play.mood : .even)
  }

  static func finding(of outcome: OrderOutcome, seed: UInt64) -> Finding {
    if let found = outcome.counterExample {
      let length = found.isMinimal ? "the shortest sequence that shows it" : "a sequence"
      return Finding(
        .fail, expected: found.expected, actual: found.actual,
        reason: "\(length): \(found.sequence) (seed \(seed))")
    }
    if Task.isCancelled { return Finding(.inconclusive, reason: "stopped before its end") }
    guard outcome.sequences > 0, !outcome.gaveUp else {
      let reason = outcome.undecided.last ?? "no sequence was played"
      return Finding(.inconclusive, reason: "no sequence could be judged to its end: \(reason)")
    }
    return Finding(
      .pass, expected: "what RFC 5321 allows in each state",
      actual: "\(outcome.sequences) sequences in \(outcome.connections) connections")
  }

  // MARK: - Sessions

  private func session(
    _ commands: [OrderCommand], run: String, into play: inout Play
  ) async throws -> OrderPlay {
    if play.report != nil {
      let pause = Pacing(for: carrier.profile).interval
      if pause > .zero { try await Task.sleep(for: pause) }
    }
    let program = try Compiler.compile(
      try Self.script(of: commands, for: scenario), for: carrier.profile, run: run)
    guard let session = program.sessions.first else { return OrderPlay([], obstacle: "no session") }
    let report = await carrier.run(try carrier.prepare(session), number: 1)
    play.add(report, session: session.name, place: nil, decides: false)
    let exchanges = OrderExchange.list(of: report.steps, to: commands)
    return OrderPlay(
      exchanges,
      obstacle: exchanges.isEmpty
        ? Finding(of: report.record, ending: report.ending).reason : nil,
      transcript: report.transcript?.render() ?? [])
  }

  /// The scenario whose dialogue says the commands.
  static func script(of commands: [OrderCommand], for scenario: Scenario) throws -> Scenario {
    let steps = commands.map(\.step).joined(separator: ",\n")
    let text = "{ \"title\": \"A sequence of commands\", \"dialogue\": [\n\(steps) ] }"
    let file = "sequence.json"
    var script = try Scenario.decode(
      JSONReader.read(octets: Array(text.utf8), file: file), file: file)
    script.start = scenario.start
    return script
  }
}

extension OrderCommand {
  /// Longer than a server needs that means to answer.
  private static let limit = "30s"

  /// The command as a step of a script.
  var step: String {
    let send: String
    switch self {
    case .ehlo: send = "EHLO ${client}"
    case .helo: send = "HELO ${client}"
    case .mail: send = "MAIL FROM:<${sender}>"
    case .badMail: send = "MAIL FROM:<no address>"
    case .rcpt: send = "RCPT TO:<${recipient}>"
    case .unknownRcpt: send = "RCPT TO:<${unknown}>"
    case .data: send = "DATA"
    case .rset: send = "RSET"
    case .noop: send = "NOOP"
    case .vrfy: send = "VRFY ${recipient.local}"
    case .unknown: send = "FROBNICATE"
    case .quit: send = "QUIT"
    }
    let step = "{ \"send\": \"\(send)\", \"expect\": \"reply\", \"within\": \"\(Self.limit)\" }"
    guard self == .data else { return step }
    return step + """
      , { "message": { "size": 512 }, "when-asked": true, "expect": "reply", "within": "\(Self.limit)" }
      """
  }
}

extension OrderExchange {
  /// Pairs commands with what their steps got, as far as the dialogue came.
  static func list(of steps: [StepOutcome], to commands: [OrderCommand]) -> [OrderExchange] {
    var rest = steps.filter { $0.origin == .script }[...]
    var list: [OrderExchange] = []
    for command in commands {
      guard let step = rest.popFirst() else { break }
      var exchange = OrderExchange(command, OrderAnswer(step.answer))
      if command == .data, case .reply(354, _) = exchange.answer {
        exchange.message = rest.popFirst().map { OrderAnswer($0.answer) }
      }
      list.append(exchange)
    }
    return list
  }
}

extension OrderAnswer {
  init(_ answer: Answer) {
    self =
      switch answer {
      case .replies(let replies):
        replies.last.map { .reply($0.code, $0.oneLine) } ?? .unpaired("no reply")
      case .closed, .refused: .closed(answer.description)
      case .silence, .secured, .unable: .unpaired(answer.description)
      }
  }
}
