// SPDX-License-Identifier: Apache-2.0
//
// Proves that a target that is no relay ends a run in one line or a verdict with its reason, with
// the right exit, within the time limit, and never in a crash.

import Glibc
import JSONText
import RunRecord
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct BadTargetTests {
  static let scenario = """
    { "title": "NOOP is answered", "dialogue": [ { "send": "NOOP", "expect": "250" } ] }
    """

  @Test(
    "A bad server leaves a check inconclusive, and the run in 3", arguments: BadManners.hopeless)
  func check(manners: BadManners) async throws {
    try await withScenario { file in
      try await withServer(manners) { port in
        let result = await relaymark([
          "run", file, "--target", "smtp://127.0.0.1:\(port)", "--timeout", "300ms", "--no-report",
        ])
        #expect(result.exit == .couldNotRun, "\(result)")
        // A reset that is quick enough looks like a refused connection.
        if manners == .reset, result.output.isEmpty { return Self.expectOneLine(result.errors) }
        #expect(result.output.hasPrefix("\(file.dropLast(5))  →  127.0.0.1:\(port) (relay)\n"))
        #expect(result.output.contains("inconclusive"), "\(result)")
        #expect(result.output.contains("before the check, at "), "\(result)")
        #expect(result.errors.isEmpty)
      }
    }
  }

  @Test("A bad server ends a load in one line and 3", arguments: BadManners.hopeless)
  func load(manners: BadManners) async throws {
    try await withScenario { file in
      try await withServer(manners) { port in
        let result = await relaymark([
          "run", file, "--target", "smtp://127.0.0.1:\(port)", "--timeout", "300ms", "--no-report",
          "--sessions", "3", "--messages", "5",
        ])
        #expect(result.exit == .couldNotRun, "\(result)")
        #expect(result.output.isEmpty)
        Self.expectOneLine(result.errors)
      }
    }
  }

  @Test("An unreachable target is one line and 3", arguments: [[], ["--sessions", "2"]])
  func unreachable(options: [String]) async throws {
    let port = try await unusedPort()
    try await withScenario { file in
      let target = ["--target", "smtp://127.0.0.1:\(port)", "--no-report"]
      let result = await relaymark(["run", file] + target + options)
      #expect(result.exit == .couldNotRun && result.output.isEmpty, "\(result)")
      Self.expectOneLine(result.errors)
      #expect(result.errors.contains("127.0.0.1:\(port): connection refused"), "\(result)")
    }
  }

  @Test(
    "A target that cannot be tried is one line and the fitting exit",
    arguments: [
      ("http://127.0.0.1", .usage, "unknown scheme"), ("/no/such/profile", .usage, "profile"),
      ("smtp://127.0.0.1:0", .usage, "port"), ("smtp://user:pw@127.0.0.1", .usage, "credentials"),
      ("smtp://no-such-host.invalid", .couldNotRun, "no-such-host.invalid has no address"),
      ("lmtp+unix:///no/such/socket", .couldNotRun, "/no/such/socket"),
    ] as [(String, RunExit, String)])
  func impossibleTargets(target: String, exit: RunExit, words: String) async throws {
    try await withScenario { file in
      let result = await relaymark(["run", file, "--target", target, "--no-report"])
      #expect(result.exit == exit && result.output.isEmpty, "\(result)")
      Self.expectOneLine(result.errors)
      #expect(result.errors.contains(words) && !result.errors.contains("pw@"), "\(result)")
    }
  }

  @Test("A file of authorities that cannot be read is one line and 3")
  func unreadableAuthorities() async throws {
    try await withScenario { file in
      let target = ["--target", "submissions://127.0.0.1:1", "--ca", "/no/such/ca.pem"]
      let result = await relaymark(["run", file, "--no-report"] + target)
      #expect(result.exit == .couldNotRun && result.output.isEmpty, "\(result)")
      Self.expectOneLine(result.errors)
      #expect(result.errors.contains("/no/such/ca.pem"), "\(result)")
    }
  }

  @Test("A folder that cannot be written is one line and 3, and nothing is sent")
  func unwritableFolder() async throws {
    try await withScenario { file in
      try await confirmation(expectedCount: 0) { connection in
        try await withServer(.silence, connected: { connection() }) { port in
          let result = await relaymark([
            "run", file, "--target", "smtp://127.0.0.1:\(port)", "--report", "/proc/no/such",
          ])
          #expect(result.exit == .couldNotRun && result.output.isEmpty, "\(result)")
          Self.expectOneLine(result.errors)
        }
      }
    }
  }

  @Test("An interrupted check records what it has and ends in 130", arguments: [1, 2])
  func interruption(times: Int) async throws {
    try await withScenario { file in
      try await withFolder { folder in
        let interruption = Interruption()
        let interrupt: @Sendable () -> Void = { for _ in 0..<times { interruption.raise() } }
        try await withServer(.silence, connected: interrupt) { port in
          let result = await relaymark(
            [
              "run", file, "--target", "smtp://127.0.0.1:\(port)", "--report", folder,
              "--timeout", "2s",
            ],
            interruption: interruption)
          #expect(result.exit == .interrupted, "\(result)")
          let run = try #require(entries(folder).first)
          let document = try JSONReader.read(file: "\(folder)/\(run)/run.json")
          #expect(document["interrupted"]?.bool == true)
          #expect(document["exit"]?.integer == 130)
        }
      }
    }
  }

  @Test("An interrupted load ends in 130 although the target never answers", arguments: [1, 2])
  func interruptedLoad(times: Int) async throws {
    try await withScenario { file in
      let interruption = Interruption()
      let interrupt: @Sendable () -> Void = { for _ in 0..<times { interruption.raise() } }
      try await withServer(.silence, connected: interrupt) { port in
        let result = await relaymark(
          [
            "run", file, "--target", "smtp://127.0.0.1:\(port)", "--no-report", "--sessions", "2",
            "--messages", "10", "--timeout", "2s",
          ],
          interruption: interruption)
        #expect(result.exit == .interrupted, "\(result)")
      }
    }
  }

  // MARK: Helpers

  static func expectOneLine(_ text: String) {
    #expect(text.hasPrefix("relaymark: ") && text.hasSuffix("\n"), "\(text)")
    #expect(text.dropLast().allSatisfy { !$0.isNewline }, "\(text)")
  }

  private func withScenario(_ body: (String) async throws -> Void) async throws {
    try await withFolder { folder in
      try WholeFile.write(Array(Self.scenario.utf8), to: "\(folder)/noop.json")
      try await body("\(folder)/noop.json")
    }
  }
}
