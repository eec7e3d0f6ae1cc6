// SPDX-License-Identifier: Apache-2.0
//
// Proves what sessions do that are told 421: by each policy, at each stage, in both models, with counts
// that agree with the relay's.

import JSONText
import NIOCore
import ReferenceRelay
import RunRecord
import Synchronization
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct ReopeningTests {
  /// What came of a load.
  struct Outcome {
    var result: CommandResult
    /// `load` of `run.json`; null where no record was written.
    var load: JSONValue

    func count(_ name: String) -> Int64? { load["messages"]?[name]?.integer }
    func connections(_ name: String) -> Int64? { load["connections"]?[name]?.integer }
    func reopening(_ name: String) -> Int64? { load["after_421"]?[name]?.integer }
    var findings: String {
      (load["findings"]?.elements?.compactMap(\.string) ?? []).joined(separator: "\n")
    }
  }

  /// Runs one message's scenario as load.
  private func run(
    port: Int, _ options: [String], scenario: String = MisbehavingRelayTests.scenario,
    interruption: Interruption = Interruption()
  ) async throws -> Outcome {
    try await withFolder { folder in
      try WholeFile.write(Array(scenario.utf8), to: "\(folder)/one.json")
      let result = await relaymark(
        [
          "run", "\(folder)/one.json", "--target", "smtp://127.0.0.1:\(port)", "--tls", "none",
          "--report", "\(folder)/reports", "--seed", "1",
        ] + options, interruption: interruption)
      guard !entries("\(folder)/reports").isEmpty else {
        return Outcome(result: result, load: JSONValue(.null))
      }
      let document = try RunCommandTests.document(in: "\(folder)/reports")
      return Outcome(result: result, load: document["load"] ?? JSONValue(.null))
    }
  }

  /// The same against a relay with rules; its own count of messages has to be ours.
  private func run(
    _ rules: [RelayRule], _ options: [String], scenario: String = MisbehavingRelayTests.scenario
  ) async throws -> Outcome {
    try await withRelay(RelayConfiguration(limits: .load, rules: rules)) { port, relay in
      let outcome = try await run(port: port, options, scenario: scenario)
      await relay.stop()
      if outcome.load != JSONValue(.null) {
        expectBalance(outcome, accepted: relay.counters().accepted)
      }
      return outcome
    }
  }

  private func expectBalance(_ outcome: Outcome, accepted: Int) {
    let names = ["accepted", "deferred", "rejected", "throttled", "lost"]
    let sum = names.reduce(Int64(0)) { $0 + (outcome.count($1) ?? -1) }
    #expect(outcome.count("attempted") == sum, "\(outcome)")
    #expect(outcome.count("accepted") == Int64(accepted), "\(outcome)")
  }

  static func told(
    at stage: RelayStage, after: Int = 0, times: Int? = nil
  ) -> RelayRule {
    RelayRule(
      at: stage, .reply(RelayReply(421, "4.7.0", "enough")), after: after, times: times)
  }

  // MARK: By stage

  @Test(
    "In a transaction, 421 throttles that message, and the session reopens, pauses or stops",
    arguments: [RelayStage.mail, .rcpt, .data, .message], ["reopen", "3ms", "stop"])
  func transactions(stage: RelayStage, policy: String) async throws {
    let outcome = try await run(
      [Self.told(at: stage, after: 4, times: 3)],
      ["--sessions", "4", "--messages", "40", "--after-421", policy])
    #expect(outcome.result.exit == .thresholdCrossed, "\(outcome)")
    #expect(outcome.count("attempted") == 40 && outcome.count("throttled") == 3, "\(outcome)")
    #expect(outcome.count("accepted") == 37 && outcome.count("not_started") == 0, "\(outcome)")
    switch policy {
    case "stop":
      #expect(outcome.reopening("stopped") == 3 && outcome.reopening("pauses") == 0)
      #expect(outcome.connections("opened") == 4)
      #expect(
        outcome.findings.contains("3 of 4 sessions opened no further connection"), "\(outcome)")
      #expect(outcome.result.output.contains("none opened again after 421"), "\(outcome)")
    case "3ms":
      #expect(outcome.reopening("stopped") == 0 && outcome.reopening("pauses") == 3)
      #expect(outcome.findings.contains("waited 3ms before they opened again"), "\(outcome)")
      #expect(outcome.result.output.contains("a pause of 3ms after 421"), "\(outcome)")
    default:
      #expect(outcome.load["after_421"] == nil, "\(outcome)")
      #expect(outcome.connections("opened") == 7)
    }
  }

  @Test(
    "In the setup, 421 costs no message: the session pauses and tries again, or stops",
    arguments: [RelayStage.connect, .ehlo], ["3ms", "stop"])
  func setups(stage: RelayStage, policy: String) async throws {
    let outcome = try await run(
      [Self.told(at: stage, times: 3)],
      ["--sessions", "4", "--messages", "400", "--after-421", policy])
    #expect(outcome.result.exit == .passed, "\(outcome)")
    #expect(outcome.count("attempted") == 400 && outcome.count("accepted") == 400, "\(outcome)")
    #expect(outcome.connections("refused") == 3, "\(outcome)")
    let isStop = policy == "stop"
    #expect(outcome.reopening("stopped") == (isStop ? 3 : 0), "\(outcome)")
    #expect(outcome.reopening("pauses") == (isStop ? 0 : 3), "\(outcome)")
    if isStop { #expect(outcome.connections("opened") == 4, "\(outcome)") }
  }

  @Test(
    "Between two messages, 421 fails none: the next is sent on a connection that the policy allows",
    arguments: [["--think", "40ms"], []], ["reopen", "3ms", "stop"])
  func between(form: [String], policy: String) async throws {
    let delay: TimeAmount? = form.isEmpty ? nil : .milliseconds(1)
    try await withQuotaServer(limit: 2, delay: delay) { port, counts in
      let outcome = try await run(
        port: port, ["--sessions", "1", "--messages", "6", "--after-421", policy] + form)
      expectBalance(outcome, accepted: counts.accepted.load(ordering: .relaxed))
      #expect(outcome.count("throttled") == 0 && outcome.count("lost") == 0, "\(outcome)")
      let opened = counts.connections.load(ordering: .relaxed)
      #expect(outcome.connections("opened") == Int64(opened), "\(outcome)")
      guard policy == "stop" else {
        #expect(outcome.result.exit == .passed, "\(outcome)")
        #expect(outcome.count("accepted") == 6 && opened == 3, "\(outcome)")
        #expect(outcome.reopening("pauses") == (policy == "3ms" ? 2 : nil), "\(outcome)")
        return
      }
      #expect(outcome.result.exit == .thresholdCrossed, "\(outcome)")
      #expect(outcome.count("accepted") == 2 && outcome.count("not_started") == 4, "\(outcome)")
      #expect(opened == 1 && outcome.reopening("stopped") == 1, "\(outcome)")
    }
  }

  // MARK: No session left

  @Test(
    "A load that no session is left for ends, and says what was not started",
    arguments: [
      (["--sessions", "4", "--messages", "40"], 32), (["--sessions", "4", "--duration", "50s"], 0),
      (["--rate", "400/s", "--messages", "40", "--max-sessions", "4"], 32),
    ] as [([String], Int64)])
  func noneLeft(options: [String], left: Int64) async throws {
    let outcome = try await run(
      [Self.told(at: .mail, after: 4)], options + ["--after-421", "stop"])
    #expect(outcome.result.exit == .thresholdCrossed, "\(outcome)")
    #expect(outcome.count("accepted") == 4 && outcome.count("throttled") == 4, "\(outcome)")
    #expect(outcome.count("not_started") == left, "\(outcome)")
    #expect(outcome.reopening("stopped") == 4, "\(outcome)")
    #expect(outcome.findings.contains("4 of 4 sessions"), "\(outcome)")
    #expect(outcome.findings.contains("no session was left"), "\(outcome)")
    #expect(outcome.result.output.contains("no session was left: each was told 421"), "\(outcome)")
  }

  @Test(
    "A target that says nothing but 421 was never reached, however long it was waited for",
    arguments: [
      (["--messages", "4", "--after-421", "2ms"], 8),
      (["--messages", "4", "--after-421", "stop"], 2),
      (["--duration", "60ms", "--after-421", "15m"], 2),
    ] as [([String], Int)])
  func neverReached(options: [String], connections: Int) async throws {
    try await withRelay(
      RelayConfiguration(limits: .load, rules: [Self.told(at: .connect)])
    ) { port, relay in
      let outcome = try await run(port: port, ["--sessions", "2"] + options)
      #expect(outcome.result.exit == .couldNotRun, "\(outcome)")
      #expect(outcome.result.errors.contains("421 4.7.0 enough"), "\(outcome)")
      #expect(relay.counters().connections == connections)
    }
  }

  // MARK: Pauses that end early

  @Test("A pause ends with the work: whoever waits in one does not keep the load alive")
  func noWorkLeft() async throws {
    let outcome = try await run(
      [Self.told(at: .mail, after: 2, times: 1)],
      ["--sessions", "2", "--messages", "20", "--after-421", "15m"])
    #expect(outcome.count("attempted") == 20 && outcome.count("throttled") == 1, "\(outcome)")
    #expect(outcome.count("not_started") == 0 && outcome.reopening("pauses") == 1, "\(outcome)")
  }

  @Test(
    "A pause ends with the load's time",
    arguments: [["--duration", "60ms"], ["--rate", "50/s", "--duration", "60ms"]])
  func timeIsOver(options: [String]) async throws {
    let outcome = try await run(
      [Self.told(at: .mail, after: 1)], ["--sessions", "1", "--after-421", "15m"] + options)
    #expect(outcome.count("accepted") == 1 && outcome.count("throttled") == 1, "\(outcome)")
    #expect(outcome.reopening("pauses") == 1, "\(outcome)")
    #expect(outcome.count("not_started") == (options.contains("--rate") ? 1 : 0), "\(outcome)")
  }

  @Test("An interruption ends a pause at once, and what there is is recorded")
  func interruption() async throws {
    let interruption = Interruption()
    try await withQuotaServer(
      limit: 2, delay: nil,
      turnedAway: { loop in
        loop.scheduleTask(in: .milliseconds(30)) { interruption.raise() }
      }
    ) { port, counts in
      let outcome = try await run(
        port: port, ["--sessions", "1", "--messages", "6", "--after-421", "15m"],
        interruption: interruption)
      #expect(outcome.result.exit == .interrupted, "\(outcome)")
      expectBalance(outcome, accepted: counts.accepted.load(ordering: .relaxed))
      #expect(outcome.count("accepted") == 2 && outcome.count("not_started") == 4, "\(outcome)")
      #expect(outcome.reopening("pauses") == 1, "\(outcome)")
    }
  }

  // MARK: Other loads

  @Test("By the clock, messages wait for a session that pauses, and that is not our lateness")
  func openLoad() async throws {
    let outcome = try await run(
      [Self.told(at: .mail, after: 2, times: 1)],
      ["--rate", "50/s", "--messages", "20", "--max-sessions", "1", "--after-421", "40ms"])
    #expect(outcome.count("attempted") == 20 && outcome.count("throttled") == 1, "\(outcome)")
    #expect(outcome.count("accepted") == 19 && outcome.reopening("pauses") == 1, "\(outcome)")
    // What became due meanwhile began as much as 40 ms late, which is the target's doing.
    #expect((outcome.load["arrivals"]?["waited"]?.integer ?? 0) >= 1, "\(outcome)")
    let longest = outcome.load["lateness"]?["max_us"]?.number ?? 0
    #expect(longest < 35_000, "\(outcome)")
  }

  @Test("By the clock, an idle connection that 421 ends opens again after the pause")
  func openIdle() async throws {
    try await withQuotaServer(limit: 1, delay: .milliseconds(1)) { port, counts in
      let outcome = try await run(
        port: port,
        ["--rate", "10/s", "--messages", "4", "--max-sessions", "1", "--after-421", "3ms"])
      expectBalance(outcome, accepted: counts.accepted.load(ordering: .relaxed))
      #expect(outcome.count("accepted") == 4 && outcome.count("throttled") == 0, "\(outcome)")
      #expect(outcome.reopening("pauses") == 3, "\(outcome)")
    }
  }

  @Test(
    "Connections alone, left or held, are opened again after the pause, or not",
    arguments: [
      (["--messages", "10"], "3ms", 10), (["--messages", "10"], "stop", 10),
      (["--hold", "10ms"], "3ms", 5), (["--hold", "10ms"], "stop", 3),
    ] as [([String], String, Int64)])
  func connectionsAlone(options: [String], policy: String, opened: Int64) async throws {
    let outcome = try await run(
      [Self.told(at: .connect, times: 2)],
      ["--sessions", "3", "--per-connection", "0", "--after-421", policy] + options)
    #expect(outcome.result.exit == .passed, "\(outcome)")
    #expect(outcome.connections("opened") == opened, "\(outcome)")
    #expect(outcome.connections("refused") == 2, "\(outcome)")
    #expect(outcome.reopening(policy == "stop" ? "stopped" : "pauses") == 2, "\(outcome)")
  }

  @Test("The scenario says it too, and the command line comes first")
  func scenarioKey() async throws {
    let scenario = MisbehavingRelayTests.scenario.replacing(
      #""per_connection": "endless""#, with: #""after_421": "stop""#)
    for (options, policy) in [([], "stop"), (["--after-421", "2ms"], "2ms")] {
      let outcome = try await run(
        [Self.told(at: .mail, after: 2, times: 1)], ["--messages", "30"] + options,
        scenario: scenario)
      #expect(outcome.load["after_421"]?["policy"]?.string == policy, "\(outcome)")
      #expect(outcome.count("attempted") == 30 && outcome.count("accepted") == 29, "\(outcome)")
    }
  }
}
