// SPDX-License-Identifier: Apache-2.0
//
// Proves open loads and thresholds from the command line to the record.

import JSONText
import LoadEngine
import RunRecord
import ScenarioLanguage
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct OpenLoadTests {
  static let scenario = RunCommandTests.load

  /// Runs the scenario with options and hands out its result and record.
  func run(_ options: [String]) async throws -> (CommandResult, JSONValue) {
    try await withFolder { folder in
      let file = "\(folder)/load.json"
      try WholeFile.write(Array(Self.scenario.utf8), to: file)
      let result = await relaymark(
        ["run", file, "--report", "\(folder)/reports", "--seed", "1"] + options)
      guard !entries("\(folder)/reports").isEmpty else { return (result, JSONValue(.null)) }
      return (result, try RunCommandTests.document(in: "\(folder)/reports"))
    }
  }

  @Test("Every message of a rate is begun once, and the record says what was asked for")
  func rate() async throws {
    let (result, record) = try await run(["--rate", "100/s", "--duration", "1s"])
    // A busy machine may make the measurement void; it may never change the counts.
    #expect([.passed, .thresholdCrossed].contains(result.exit), "\(result)")
    let load = try #require(record["load"])
    #expect(load["model"]?.string == "open")
    #expect(load["messages"]?["attempted"]?.integer == 100)
    #expect(load["messages"]?["accepted"]?.integer == 100)
    #expect(load["messages"]?["not_started"]?.integer == 0)
    #expect(load["arrivals"]?["planned"]?.integer == 100)
    #expect(load["latency"]?["transaction"]?["count"]?.integer == 100)
    #expect(load["service"]?["count"]?.integer == 100)
    let started = (load["timeline"]?.elements ?? []).compactMap { $0["started"]?.integer }
    #expect(started.reduce(0, +) == 100)
  }

  @Test("Stages ramp; messages over connections that carry so many use one after another")
  func stages() async throws {
    let (result, record) = try await run([
      "--stages", "500ms:100/s,500ms:100/s", "--per-connection", "10",
    ])
    #expect([.passed, .thresholdCrossed].contains(result.exit), "\(result)")
    let load = try #require(record["load"])
    #expect(load["messages"]?["accepted"]?.integer == 75)
    #expect(load["arrivals"]?["plan"]?.string?.hasPrefix("0/s to 100/s over 0.5 s") == true)
    let opened = try #require(load["connections"]?["opened"]?.integer)
    #expect(opened >= 8)
    let positions = load["positions"]?.elements ?? []
    let counted = positions.compactMap { $0["latency"]?["count"]?.integer }
    #expect(counted.reduce(0, +) == 75)
    #expect(positions.last?["first"]?.integer == 9)
  }

  @Test("Connections alone can come at a rate")
  func connections() async throws {
    let (result, record) = try await run([
      "--rate", "50/s", "--messages", "20", "--per-connection", "0", "--threshold", "errors==0",
    ])
    #expect([.passed, .thresholdCrossed].contains(result.exit), "\(result)")
    #expect(record["load"]?["connections"]?["opened"]?.integer == 20)
    #expect(record["load"]?["messages"]?["attempted"]?.integer == 0)
  }

  @Test("A threshold of the command line joins those of the scenario and decides the exit")
  func thresholds() async throws {
    let (crossed, document) = try await run(["--threshold", "throughput>1000000/s"])
    #expect(crossed.exit == .thresholdCrossed, "\(crossed)")
    let thresholds = document["thresholds"]?.elements ?? []
    #expect(thresholds.contains { $0["metric"]?.string == "throughput" })
  }

  @Test("A crossed threshold ends the load early where that was asked for, and is named")
  func abort() async throws {
    let (ended, document) = try await run([
      "--rate", "50/s", "--duration", "40s", "--threshold", "throughput>1000000/s", "--abort",
      "--abort-after", "1s",
    ])
    #expect(ended.exit == .thresholdCrossed, "\(ended)")
    #expect(ended.output.contains("The load was ended after"), "\(ended)")
    #expect(document["load"]?["ended_early"]?.string?.contains("throughput") == true)
    let attempted = document["load"]?["messages"]?["attempted"]?.integer ?? 0
    #expect(attempted > 0 && attempted < 1_000)
  }

  @Test(
    "What does not go together is said before anything is sent",
    arguments: [
      (["--rate", "5/s"], "--duration"), (["--rate", "0/s"], "--rate"),
      (["--rate", "5/s", "--stages", "1s:5/s"], "exclude each other"),
      (["--stages", "1s"], "--stages"), (["--max-sessions", "3"], "--sessions"),
      (["--stages", "1s:5/s", "--duration", "1s"], "--duration"),
      (["--rate", "5/s", "--duration", "1s", "--hold", "1s"], "--hold"),
      (["--abort-after", "1s"], "--abort"), (["--threshold", "transactoin.p99<1s"], "transaction"),
      (["--threshold", "errors"], "errors"), (["--threshold", "mail.p50<1us"], "a duration"),
    ] as [([String], String)])
  func refusals(options: [String], words: String) async throws {
    let (result, record) = try await run(options)
    #expect(result.exit == .usage, "\(result)")
    #expect(result.errors.contains(words), "\(result)")
    #expect(record == JSONValue(.null))
  }
}

@Suite struct LoadProgressTests {
  @Test("The live line tells done, rate, percentiles, what is under way, errors, what remains")
  func line() {
    var progress = LoadProgress(
      done: 1_200, planned: 5_000, errors: 3, underWay: 7, open: 10, elapsed: 3, length: nil,
      last: TimePoint(second: 2, accepted: 400, errors: 1, p50: 1_500, p99: 9_000))
    #expect(
      RunProgress.line(progress)
        == "1,200 of 5,000, 401/s, p50 1.50 ms p99 9.00 ms, 7 under way, 10 open, 3 not accepted, 10 s left"
    )
    progress.length = 60
    #expect(RunProgress.line(progress).hasSuffix(", 57 s left"))
    progress.length = 600
    #expect(RunProgress.line(progress).hasSuffix(", 9 min 57 s left"))
  }
}
