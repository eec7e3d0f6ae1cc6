// SPDX-License-Identifier: Apache-2.0
//
// Proves that a load against a relay that misbehaves says what happened, in the first words that a
// reader sees, with counts that agree with the relay's own, and ends in the right exit.

import JSONText
import NIOCore
import NIOPosix
import ReferenceRelay
import RunRecord
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct MisbehavingRelayTests {
  /// A way to misbehave, and what a run against it must say.
  struct Misbehaviour: Sendable, CustomTestStringConvertible {
    var name: String
    var rules: [RelayRule]
    var options = ["--sessions", "4", "--messages", "120"]
    /// Words of the finding that names it.
    var words: [String]
    var exit: RunExit
    /// Outcomes besides `accepted` that must have happened; all others must not.
    var outcomes: Set<String> = []
    var refusesConnections = false
    var testDescription: String { name }
  }

  static let misbehaviours = [
    Misbehaviour(
      name: "421 after ten messages", rules: [.endsConnection(afterMessages: 10)],
      words: ["ends connections after 10 messages, with 421"], exit: .thresholdCrossed,
      outcomes: ["throttled"]),
    Misbehaviour(
      name: "a tarpit",
      rules: [RelayRule(at: .mail, .tarpit(step: .milliseconds(8), most: .milliseconds(200)))],
      options: ["--sessions", "4", "--messages", "80"], words: ["steps of a tarpit"], exit: .passed),
    Misbehaviour(
      name: "a tenth of the connections dropped at the greeting", rules: [.drops(share: 0.1)],
      options: ["--sessions", "4", "--messages", "120", "--per-connection", "1"],
      words: ["attempts to connect came to nothing", "reset"], exit: .passed,
      refusesConnections: true),
    Misbehaviour(
      name: "a tenth of the messages dropped with their connection",
      rules: [RelayRule(at: .data, .reset, odds: 0.1)], words: ["No reply came for", "RST"],
      exit: .thresholdCrossed, outcomes: ["lost"]),
    Misbehaviour(
      name: "5yz by chance",
      rules: [
        RelayRule(at: .rcpt, .reply(RelayReply(550, "5.1.1", "not today")), odds: 0.2)
      ], words: ["rejected", "550 5.1.1 not today"], exit: .thresholdCrossed,
      outcomes: ["rejected"]),
    Misbehaviour(
      name: "4yz by policy",
      rules: [
        RelayRule(at: .mail, .reply(RelayReply(450, "4.7.1", "slow down")), after: 20, times: 30)
      ], words: ["throttled 30 of 120 messages", "450 4.7.1 slow down", "not a failure"],
      exit: .thresholdCrossed, outcomes: ["throttled"]),
    Misbehaviour(
      name: "a stall of a second",
      rules: [
        RelayRule(at: .mail, .delay(.milliseconds(5))),
        .stalls(from: .milliseconds(300), for: .seconds(1)),
      ].reversed(),
      options: ["--sessions", "4", "--messages", "400"],
      words: ["stalled", "nothing came back for"],
      exit: .passed),
  ]

  static let scenario = """
    {
      "title": "One message",
      "transaction": [
        { "send": "MAIL FROM:<${sender}>", "expect": "250" },
        { "send": "RCPT TO:<${recipient}>", "expect": "250" },
        { "send": "DATA", "expect": "354" },
        { "message": { "size": 1024 }, "expect": "250" } ],
      "load": { "sessions": 4, "messages": 120, "per_connection": "endless" },
      "thresholds": { "errors": "==0" }
    }
    """

  @Test("What a misbehaving relay did is named, counted and judged", arguments: misbehaviours)
  func named(misbehaviour: Misbehaviour) async throws {
    try await withFolder { folder in
      let file = "\(folder)/one.json"
      try WholeFile.write(Array(Self.scenario.utf8), to: file)
      let (result, counters) = try await withRelay(misbehaviour.rules) { port in
        await relaymark(
          ["run", file, "--target", "smtp://127.0.0.1:\(port)", "--report", "\(folder)/reports"]
            + ["--insecure", "--seed", "1"] + misbehaviour.options)
      }
      #expect(result.exit == misbehaviour.exit, "\(result)")
      let run = try #require(entries("\(folder)/reports").first, "\(result)")
      let load = try #require(
        try JSONReader.read(file: "\(folder)/reports/\(run)/run.json")["load"])
      let findings = load["findings"]?.elements?.compactMap(\.string) ?? []
      for words in misbehaviour.words {
        #expect(findings.contains { $0.contains(words) }, "\(words): \(findings)")
        #expect(result.output.contains(words), "\(result.output)")
      }
      try Self.checkCounts(of: load, misbehaviour, counters)
    }
  }

  /// The sum of outcomes is the number of attempts, and the relay has accepted what we say it has.
  private static func checkCounts(
    of load: JSONValue, _ misbehaviour: Misbehaviour, _ counters: RelayCounters
  ) throws {
    let names = ["accepted", "deferred", "rejected", "throttled", "lost"]
    let messages = try names.map { try #require(load["messages"]?[$0]?.integer) }
    let attempted = try #require(load["messages"]?["attempted"]?.integer)
    #expect(messages.reduce(0, +) == attempted)
    #expect(attempted + (load["messages"]?["not_started"]?.integer ?? 0) == misbehaviour.messages)
    for (name, count) in zip(names, messages).dropFirst() {
      #expect((count > 0) == misbehaviour.outcomes.contains(name), "\(name) \(count)")
    }
    #expect(messages[0] == Int64(counters.accepted))
    let refused = try #require(load["connections"]?["refused"]?.integer)
    #expect((refused > 0) == misbehaviour.refusesConnections, "\(refused)")
    let codes = counters.refusals.reduce(0) { $0 + $1.value }
    let told = load["replies"]?.members?.reduce(Int64(0)) { sum, member in
      ["4", "5"].contains(member.key.first.map(String.init))
        ? sum + (member.value.integer ?? 0) : sum
    }
    #expect(told == Int64(codes), "\(counters.refusals)")
  }

  @Test("A second that stands still is hidden by a closed loop's middle, not by its longest")
  func stall() async throws {
    try await withFolder { folder in
      let file = "\(folder)/one.json"
      let scenario = Self.scenario.replacing(
        #""errors": "==0""#, with: #""transaction.max": "<500ms""#)
      try WholeFile.write(Array(scenario.utf8), to: file)
      let misbehaviour = try #require(Self.misbehaviours.last)
      let (result, _) = try await withRelay(misbehaviour.rules) { port in
        await relaymark(
          ["run", file, "--target", "smtp://127.0.0.1:\(port)", "--no-report", "--insecure"]
            + misbehaviour.options)
      }
      #expect(result.exit == .thresholdCrossed, "\(result)")
      #expect(result.output.contains("transaction.max"), "\(result)")
    }
  }

  @Test(
    "A stall that meets connections at their setup is a stall too, a slow greeting is none",
    arguments: [
      (stallOfLoads, "1", true), (stallOfLoads, "endless", true),
      (RelayRule(at: .connect, .delay(.milliseconds(600))), "1", false),
    ])
  func setups(rule: RelayRule, perConnection: String, isStall: Bool) async throws {
    try await withFolder { folder in
      let file = "\(folder)/one.json"
      try WholeFile.write(Array(Self.scenario.utf8), to: file)
      let (result, _) = try await withRelay([rule]) { port in
        await relaymark([
          "run", file, "--target", "smtp://127.0.0.1:\(port)", "--no-report", "--insecure",
          "--rate", "20/s", "--duration", "3s", "--per-connection", perConnection,
        ])
      }
      #expect(result.output.contains("The target stalled") == isStall, "\(result)")
      #expect(result.output.contains("the target delays it") == !isStall, "\(result)")
    }
  }

  @Test("Connections that take their time are opened side by side, so that the rate is kept")
  func slowConnections() async throws {
    try await withFolder { folder in
      let file = "\(folder)/one.json"
      try WholeFile.write(Array(Self.scenario.utf8), to: file)
      let rule = RelayRule(at: .connect, .delay(.milliseconds(500)))
      let (result, _) = try await withRelay([rule]) { port in
        await relaymark([
          "run", file, "--target", "smtp://127.0.0.1:\(port)", "--no-report", "--insecure",
          "--json",
          "--rate", "40/s", "--duration", "1s", "--per-connection", "1",
        ])
      }
      let load = try #require(
        JSONReader.read(octets: Array(result.output.utf8), file: "output")["load"])
      #expect(load["messages"]?["accepted"]?.integer == 40, "\(result)")
      // One connection each, opened when the message is due: nobody waits for another's greeting.
      let typical = try #require(load["latency"]?["transaction"]?["p50_us"]?.number)
      #expect(typical > 500_000 && typical < 700_000, "\(result)")
      #expect(load["arrivals"]?["waited"]?.integer == 0)
    }
  }

  static let stallOfLoads = RelayRule.stalls(from: .milliseconds(500), for: .milliseconds(1_200))

  /// Runs the body against a relay with rules; gives what it has counted when the body is done.
  private func withRelay<Result: Sendable>(
    _ rules: [RelayRule], _ body: (Int) async throws -> Result
  ) async throws -> (Result, RelayCounters) {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let relay = try await ReferenceRelay.start(
      RelayConfiguration(limits: .load, rules: rules),
      listeners: [RelayListener(role: .relay, host: "127.0.0.1", port: 0)], group: group)
    do {
      let result = try await body(try #require(relay.endpoints.first?.port))
      await relay.stop()
      let counters = relay.counters()
      try await group.shutdownGracefully()
      return (result, counters)
    } catch {
      await relay.stop()
      try await group.shutdownGracefully()
      throw error
    }
  }
}

extension MisbehavingRelayTests.Misbehaviour {
  /// The messages that the options ask for.
  fileprivate var messages: Int64 {
    guard let place = options.firstIndex(of: "--messages") else { return 120 }
    return Int64(options[place + 1]) ?? 0
  }
}
