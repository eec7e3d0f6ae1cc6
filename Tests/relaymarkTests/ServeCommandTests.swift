// SPDX-License-Identifier: Apache-2.0
//
// Proves that the relay serves from the command line: listeners are told, runs reach it, faults and
// scripted replies show, and it leaves with its counts when told to stop.

import ArgumentParser
import JSONText
import ReferenceRelay
import RunRecord
import Synchronization
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct ServeCommandTests {
  @Test("All four roles are told with their ports, and the end brings the counts")
  func listeners() async throws {
    try await withFolder { folder in
      let counts = "\(folder)/counts.json"
      let lines = try await served(["--counts", counts, "--write-ca", "\(folder)/ca.pem"]) {
        endpoints, stop in
        #expect(endpoints.keys.sorted() == ["lmtp", "relay", "submission", "submissions"])
        #expect(endpoints.values.allSatisfy { $0.hasPrefix("127.0.0.1:") })
        let file = try scenario(in: folder)
        let relay = try #require(endpoints["relay"])
        let result = await relaymark(["run", file, "--no-report", "--target", "smtp://\(relay)"])
        #expect(result.exit == .passed, "\(result)")
        let submissions = try #require(endpoints["submissions"])
        let trusted = await relaymark([
          "run", file, "--no-report", "--target",
          "submissions://\(submissions.replacing("127.0.0.1", with: "localhost"))", "--ca",
          "\(folder)/ca.pem",
        ])
        #expect(trusted.exit == .passed, "\(trusted)")
        stop()
      }
      #expect(lines.contains(/connections +2\n/), "\(lines)")
      let document = try JSONReader.read(file: counts)
      #expect(document["connections"]?.integer == 2)
    }
  }

  @Test("A certificate of an unknown authority ends a run in 3 with the reason, as check and load")
  func wrongCertificate() async throws {
    try await withFolder { folder in
      let file = try scenario(in: folder)
      _ = try await served(["--submissions", "0"]) { endpoints, stop in
        let target = ["--target", "submissions://\(try #require(endpoints["submissions"]))"]
        for options in [[], ["--sessions", "2"]] {
          let result = await relaymark(["run", file, "--no-report"] + target + options)
          #expect(result.exit == .couldNotRun, "\(result)")
          #expect((result.output + result.errors).contains("certificate"), "\(result)")
        }
        let insecure = await relaymark(["run", file, "--no-report", "--insecure"] + target)
        #expect(insecure.exit == .passed, "\(insecure)")
        stop()
      }
    }
  }

  @Test("Scripted replies and delays are served")
  func scripted() async throws {
    try await withFolder { folder in
      let file = try scenario(in: folder)
      _ = try await served(["--relay", "0", "--reply", "noop=451 4.3.0 later:1"]) {
        endpoints, stop in
        let target = ["--target", "smtp://\(try #require(endpoints["relay"]))", "--no-report"]
        let first = await relaymark(["run", file] + target)
        #expect(first.exit == .couldNotRun && first.output.contains("451 4.3.0 later"), "\(first)")
        let second = await relaymark(["run", file] + target)
        #expect(second.exit == .passed, "\(second)")
        stop()
      }
    }
  }

  @Test(
    "Misbehaviour is read from the command line, and what it cannot be is refused",
    arguments: [
      (["--tarpit", "mail=50ms..2s"], true), (["--tarpit", "mail=3s..2s"], false),
      (["--tarpit", "mail=50ms"], false), (["--drop", "connect=10%"], true),
      (["--drop", "connect=0.5%"], true), (["--drop", "connect=110%"], false),
      (["--drop", "nowhere=1%"], false), (["--stall", "2s+1s"], true),
      (["--stall", "2s+0s"], false), (["--stall", "2s"], false),
      (["--reply", "rcpt=550 5.1.1 no:5%"], true), (["--reply", "rcpt=550 no: never"], true),
      (["--reply", "rcpt=250 yes:5%"], true), (["--reply", "rcpt=55 no"], false),
      (["--delay", "any=10ms"], true), (["--delay", "rcpt=10"], false),
    ] as [([String], Bool)])
  func misbehaviour(options: [String], isRight: Bool) throws {
    let command = try? ServeCommand.parse(options)
    #expect((command != nil) == isRight)
    if let command { #expect(try command.behaviour.configuration().rules.count == 1) }
  }

  @Test("Shares and steps on the command line become the relay's rules")
  func rules() throws {
    let command = try ServeCommand.parse([
      "--reply", "rcpt=550 5.1.1 no:5%", "--tarpit", "mail=50ms..2s", "--stall", "2s+1s",
    ])
    let rules = try command.behaviour.configuration().rules
    // A relay that stands still does nothing else meanwhile.
    #expect(rules[0].window == .seconds(2)..<(.seconds(3)) && rules[0].stage == nil)
    #expect(rules[1].odds == 0.05 && rules[1].stage == .rcpt && rules[1].times == nil)
    #expect(rules[2].act == .tarpit(step: .milliseconds(50), most: .seconds(2)))
  }

  @Test("The list of faults is a result")
  func faults() async {
    let result = await relaymark(["serve", "--fault", "list"])
    #expect(result.exit == .passed && result.errors.isEmpty)
    #expect(result.output.contains("  "))
  }

  // MARK: Helpers

  private func scenario(in folder: String) throws -> String {
    let text = #"{ "title": "NOOP", "dialogue": [ { "send": "NOOP", "expect": "250" } ] }"#
    try WholeFile.write(Array(text.utf8), to: "\(folder)/noop.json")
    return "\(folder)/noop.json"
  }

  /// Serves while the body runs, which has to stop it; returns everything that was printed.
  private func served(
    _ options: [String],
    _ body: @Sendable ([String: String], @Sendable () -> Void) async throws -> Void
  ) async throws -> String {
    let interruption = Interruption()
    let (printed, continuation) = AsyncStream.makeStream(of: String.self)
    let console = Console(
      output: { continuation.yield($0) }, errors: { continuation.yield("error: \($0)") })
    let surroundings = Surroundings(console: console, interruption: interruption)
    async let exit: RunExit = {
      let exit = await RelaymarkCommand.run(
        arguments: ["serve"] + options, surroundings: surroundings)
      continuation.finish()
      return exit
    }()
    let expected = options.contains { $0 == "--relay" || $0 == "--submissions" } ? 1 : 4
    var endpoints: [String: String] = [:]
    var all = ""
    for await line in printed {
      all += line
      let words = line.split(separator: " ")
      guard endpoints.count < expected, words.count == 2 else { continue }
      endpoints[String(words[0])] = String(words[1].filter { !$0.isNewline })
      if endpoints.count == expected {
        do {
          try await body(endpoints) { interruption.raise() }
        } catch {
          interruption.raise()
          throw error
        }
      }
    }
    #expect(await exit == .passed)
    return all
  }
}
