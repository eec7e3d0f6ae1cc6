// SPDX-License-Identifier: Apache-2.0
//
// Proves the sink from the command line: the embedded relay delivers to one of its own, a profile names
// another, an address that cannot be had is told with what helps, and the relay forwards elsewhere.

import ArgumentParser
import Conformance
import JSONText
import NIOCore
import NIOPosix
import ReferenceRelay
import RunRecord
import ScenarioLanguage
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct SinkTests {
  private static let scenario = """
    { "title": "Messages arrive", "sink": { "replies": [
        { "at": "greeting", "times": 1, "close": "rst" }, { "at": "body", "times": 1, "say": "451 no" } ] },
      "dialogue": [
      { "deliver": { "from": "${sender}", "to": "${sink}", "messages": 4 }, "expect": "2xx" },
      { "arrive": { "messages": 4, "content": "unchanged but for trace headers" }, "within": "4s",
        "measure": "arrival" } ] }
    """

  private func withScenario(
    _ body: (String, String) async throws -> Void
  ) async throws {
    try await withFolder { folder in
      try WholeFile.write(Array(Self.scenario.utf8), to: "\(folder)/arrives.json")
      try await body("\(folder)/arrives.json", folder)
    }
  }

  @Test("The embedded relay has a sink of its own, in every role", arguments: Role.allCases)
  func embedded(role: Role) async throws {
    try await withScenario { file, _ in
      let result = await relaymark(["run", file, "--no-report", "--role", role.rawValue])
      #expect(result.exit == .passed, "\(result)")
      #expect(result.output.contains("arrival"), "\(result)")
    }
  }

  @Test("A relay that loses messages fails, and the missing ones are named")
  func lost() async throws {
    try await withScenario { file, _ in
      let result = await relaymark(["run", file, "--no-report", "--fault", "loses-messages"])
      #expect(result.exit == .checkFailed, "\(result)")
      #expect(result.output.contains("3 messages came; missing: 3"), "\(result)")
    }
  }

  @Test("A profile without a sink skips the check with the reason; the address alone is no sink")
  func withoutSink() async throws {
    try await withScenario { file, folder in
      try await withRelay { port, _ in
        let profile = #"{"host": "127.0.0.1", "port": \#(port), "addresses": {"sink": "a@b.test"}}"#
        try WholeFile.write(Array(profile.utf8), to: "\(folder)/profile.json")
        let result = await relaymark([
          "run", file, "--no-report", "--target", "\(folder)/profile.json",
        ])
        #expect(result.output.contains("the profile has no sink"), "\(result)")
        #expect(result.output.contains("skipped"), "\(result)")
      }
    }
  }

  @Test("A sink's address that cannot be had ends a run in 3, with what helps")
  func taken() async throws {
    try await withScenario { file, folder in
      try await withRelay { port, _ in
        for (host, words) in [
          ("127.0.0.1", "stop what listens there, or name another port"),
          ("192.0.2.1", "name an address of this machine"),
        ] {
          let profile = """
            {"host": "127.0.0.1", "port": \(port), "sink": {"host": "\(host)", "port": \(port)}}
            """
          try WholeFile.write(Array(profile.utf8), to: "\(folder)/profile.json")
          for command in [["run", file], ["certify", "--only", "rfc5321/4.2.5"]] {
            let result = await relaymark(
              command + ["--no-report", "--target", "\(folder)/profile.json"])
            #expect(result.exit == .couldNotRun, "\(result)")
            #expect(
              result.errors.contains("the sink of the profile: cannot listen at \(host):\(port)"),
              "\(result)")
            #expect(result.errors.contains(words), "\(result)")
          }
        }
      }
    }
  }

  @Test("A target that delivers elsewhere is not judged")
  func elsewhere() async throws {
    try await withScenario { file, _ in
      try await withRelay { port, _ in
        var profile = TargetProfile.embedded(port: port, role: .relay, authority: [])
        profile.tls.mode = .none
        profile.connect(
          sink: TargetProfile.SinkAddress(host: "127.0.0.1", port: 0), window: .seconds(1))
        let scenario = try Scenario.decode(file: file, root: nil)
        let frame = RunFrame(
          seed: 1, command: [], options: try ReportOptions.parse([]),
          surroundings: Surroundings(console: Console(output: { _ in }, errors: { _ in })))
        let record = try await Sink.with(profile, neededBy: [scenario]) { desk in
          try await CheckFlow(scenarios: [scenario], size: nil, run: frame)
            .record(against: Target(profile: profile, isEmbedded: false, sink: desk))
        }
        #expect(record.checks.map(\.verdict) == ["inconclusive"])
        #expect(record.checks[0].reason?.contains("does the target deliver there?") ?? false)
      }
    }
  }

  @Test(
    "The next hop is a host and a port",
    arguments: [
      ("127.0.0.1:2525", "127.0.0.1", 2_525), ("[::1]:25", "::1", 25),
      ("mx.test:25", "mx.test", 25),
      ("127.0.0.1", nil, 0), ("::1:25", nil, 0), ("mx.test:0", nil, 0), ("mx.test:65536", nil, 0),
      (":25", nil, 0), ("mx test:25", nil, 0),
    ] as [(String, String?, Int)])
  func nextHop(argument: String, host: String?, port: Int) {
    let hop = NextHopArgument(argument: argument)?.hop
    #expect(hop?.host == host)
    if let hop { #expect(hop.port == port) }
  }

  @Test("A relay that is served forwards what it accepts, and counts it")
  func served() async throws {
    try await withFolder { folder in
      let sink = try await Sink.start(
        at: TargetProfile.SinkAddress(host: "127.0.0.1", port: 0),
        on: MultiThreadedEventLoopGroup.singleton)
      let options = try ServeCommand.parse(["--relay-to", "127.0.0.1:\(sink.address.port)"])
      try await withRelay(try options.behaviour.configuration()) { port, relay in
        let load = "\(folder)/load.json"
        try WholeFile.write(Array(RunCommandTests.load.utf8), to: load)
        let result = await relaymark([
          "run", load, "--no-report", "--messages", "8", "--target", "smtp://127.0.0.1:\(port)",
        ])
        #expect(result.exit == .passed, "\(result)")
        while relay.counters().forwarded < 8 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(RelayCounts(relay.counters()).text.contains(/forwarded +8\n/))
        #expect(relay.counters().dropped == 0)
      }
      await sink.stop()
    }
  }
}
