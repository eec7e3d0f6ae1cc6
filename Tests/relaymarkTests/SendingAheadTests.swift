// SPDX-License-Identifier: Apache-2.0
//
// Proves that loads which send an envelope ahead of its transaction keep their books right, whatever
// the relay answers and wherever it ends the connection.

import JSONText
import ReferenceRelay
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct SendingAheadTests {
  /// Runs a load with `--pipelining across`; whatever the outcomes, they add up and agree with the
  /// relay's count.
  private func run(_ rules: [RelayRule], _ options: [String]) async throws -> JSONValue {
    try await withRelay(RelayConfiguration(limits: .load, rules: rules)) { port, relay in
      let result = await relaymark(
        [
          "run", "Scenarios/load/plain.json", "--target", "smtp://127.0.0.1:\(port)", "--tls",
          "none", "--json", "--no-report", "--seed", "1", "--pipelining", "across",
        ] + options)
      await relay.stop()
      let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
      let load = try #require(document["load"], "\(result)")
      let names = ["accepted", "deferred", "rejected", "throttled", "lost"]
      let outcomes = names.compactMap { load["messages"]?[$0]?.integer }
      #expect(outcomes.count == names.count)
      #expect(load["messages"]?["attempted"]?.integer == outcomes.reduce(0, +), "\(load)")
      #expect(outcomes.first == Int64(relay.counters().accepted), "\(load)")
      return load
    }
  }

  @Test(
    "Every message has one outcome, whatever goes wrong and where",
    arguments: [RelayStage.mail, .rcpt, .data, .message],
    [
      .reply(RelayReply(421, "4.3.2", "bye")), .reply(RelayReply(450, "4.2.1", "later")),
      .reply(RelayReply(550, "5.1.1", "no")), .reset, .close,
    ] as [RelayRule.Act])
  func outcomes(stage: RelayStage, act: RelayRule.Act) async throws {
    let rule = RelayRule(at: stage, act, after: 5, times: 7)
    let load = try await run([rule], ["--sessions", "3", "--messages", "90"])
    #expect(load["messages"]?["attempted"]?.integer == 90, "\(load)")
    #expect(load["messages"]?["accepted"]?.integer == 83, "\(load)")
    #expect(load["messages"]?["not_started"]?.integer == 0, "\(load)")
  }

  @Test(
    "Connections carry as many messages as they may, and 421 is followed as asked",
    arguments: [
      (["--per-connection", "1"], 40, 40), (["--per-connection", "4"], 40, 10),
      (["--per-connection", "endless"], 40, 1),
      (["--rate", "2000/s", "--max-sessions", "1", "--per-connection", "8"], 40, 5),
    ] as [([String], Int64, Int64)])
  func connections(options: [String], messages: Int64, opened: Int64) async throws {
    let sessions = options.contains("--rate") ? [] : ["--sessions", "1"]
    let load = try await run([], sessions + ["--messages", "\(messages)"] + options)
    #expect(load["messages"]?["accepted"]?.integer == messages, "\(load)")
    #expect(load["connections"]?["opened"]?.integer == opened, "\(load)")
  }

  @Test("Told 421 and not to open again, a session gives back the message whose envelope is out")
  func stop() async throws {
    let rule = RelayRule(
      at: .message, .reply(RelayReply(421, "4.7.0", "enough")), after: 4, times: 2)
    let load = try await run(
      [rule], ["--sessions", "3", "--messages", "60", "--after-421", "stop"])
    #expect(load["messages"]?["attempted"]?.integer == 60, "\(load)")
    #expect(load["messages"]?["throttled"]?.integer == 2, "\(load)")
    #expect(load["after_421"]?["stopped"]?.integer == 2, "\(load)")
  }
}
