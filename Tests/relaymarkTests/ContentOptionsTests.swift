// SPDX-License-Identifier: Apache-2.0
//
// Every form of the protocol from the command line against the embedded relay, and the refusal of
// options that would do nothing.

import JSONText
import RunRecord
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct ContentOptionsTests {
  static let plain = "Scenarios/load/plain.json"

  /// Runs a load of few messages and gives its record.
  private func load(_ arguments: [String], messages: Int = 12) async throws -> JSONValue {
    let common = ["-s", "2", "-m", "\(messages)", "--json", "--no-report", "--seed", "5"]
    let result = await relaymark(["run"] + arguments + common)
    #expect(result.exit == .passed, "\(result)")
    let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
    let load = try #require(document["load"])
    #expect(load["messages"]?["accepted"]?.integer == Int64(messages), "\(load)")
    return load
  }

  private func count(_ phase: String, in load: JSONValue) -> Int64? {
    load["latency"]?[phase]?["count"]?.integer
  }

  @Test("Each recipient has a command, and numbered ones are taken by the embedded relay")
  func recipients() async throws {
    for options in [["-r", "5"], ["-r", "5", "-N"], ["--recipients", "5", "--pipelining", "on"]] {
      let load = try await load([Self.plain] + options)
      #expect(count("rcpt", in: load) == 60, "\(options)")
    }
  }

  @Test("Chunks are counted one by one, and DATA is not said")
  func chunks() async throws {
    for options in [[], ["--pipelining", "on"]] {
      let load = try await load([Self.plain, "--chunking", "1KiB", "-l", "4096"] + options)
      // The last chunk of a message is its end.
      #expect(count("bdat", in: load) == 36 && count("body", in: load) == 12, "\(options)")
      #expect(count("data", in: load) == nil && load["octets"]?.integer == 12 * 4096)
    }
  }

  @Test(
    "Parameters, groups, files, LMTP and families are taken by the embedded relay",
    arguments: [
      ["--8bitmime", "--smtputf8", "--dsn", "success,failure"], ["--dsn", "never"],
      ["--pipelining", "on"], ["--pipelining", "2"], ["--pipelining", "off"],
      ["--pipelining", "across"],
      ["-F", "Scenarios/load/message.eml"], ["-L"], ["-4"], ["-d"],
      ["-f", "<>", "-t", "user2@relaymark.test"], ["-f", "me@client.test"],
    ])
  func forms(options: [String]) async throws { _ = try await load([Self.plain] + options) }

  @Test("RSET is said between the messages of a connection and nowhere else")
  func reset() async throws {
    let load = try await load([Self.plain, "--rset"])
    let opened = try #require(load["connections"]?["opened"]?.integer)
    #expect(count("rset", in: load) == 12 - opened)
  }

  @Test(
    "The share of resumed handshakes is met in both versions of TLS",
    arguments: [
      (["--resumption", "off"], 0...0), (["--no-resumption"], 0...0),
      (["--resumption", "on"], 110...118), (["--resumption", "30%"], 24...48),
      (["--resumption", "80%"], 84...108),
    ] as [([String], ClosedRange<Int64>)])
  func resumption(options: [String], resumed: ClosedRange<Int64>) async throws {
    let once = ["--per-connection", "1", "--role", "submissions"]
    let load = try await load([Self.plain] + once + options, messages: 120)
    let connections = try #require(load["connections"])
    #expect(resumed.contains(connections["resumed_handshakes"]?.integer ?? -1), "\(connections)")
    let full = connections["full_handshakes"]?.integer ?? 0
    #expect(full + (connections["resumed_handshakes"]?.integer ?? 0) == 120)
  }

  @Test("A mechanism takes the place of the one in the scenario")
  func mechanism() async throws {
    let load = try await load(["Scenarios/load/submission.json", "--auth", "CRAM-MD5"])
    // CRAM-MD5 has a challenge; the best mechanism of the relay would be SCRAM, with two.
    let opened = try #require(load["connections"]?["opened"]?.integer)
    #expect(load["stages"]?["auth"]?["334"]?.integer == opened)
    #expect(load["stages"]?["auth"]?["235"]?.integer == opened)
  }

  @Test(
    "An option that would do nothing is a usage error that says why",
    arguments: [
      (["--rset", "--per-connection", "1"], "no connection carries a second message"),
      (["-d", "--per-connection", "5"], "--reuse and --per-connection"),
      (["--auth", "PLAIN"], "nobody logs in"),
      (["-F", "Scenarios/load/message.eml", "-l", "100"], "--message-file and --size"),
      (["-F", "/no/such/file"], "cannot be read"), (["-4", "-6"], "exclude each other"),
      (["-w", "1s", "-R", "1s"], "exclude each other"), (["-R", "1s..2s"], "longest pause"),
      (["-f", "nobody"], "nobody"), (["-t", "<>"], "<>"), (["-r", "0"], "--recipients 0"),
      (["--dsn", "never,delay"], "never,delay"), (["--auth", "MAGIC"], "MAGIC"),
      (["--pipelining", "0"], "pipelining"), (["--chunking", "0"], "no content"),
      (["-L", "--role", "relay"], "--lmtp and --role"),
      (["--tls", "none", "--resumption", "30%"], "no TLS is used"),
      (["--resumption", "130%"], "130%"),
    ])
  func refused(options: [String], words: String) async {
    let result = await relaymark(["run", Self.plain, "-m", "4", "--no-report"] + options)
    #expect(result.exit == .usage, "\(result)")
    #expect(result.errors.contains(words) && result.output.isEmpty, "\(result)")
  }

  @Test("What a scenario does not use cannot be replaced, and a check takes no option for load")
  func unused() async {
    let feed = await relaymark(
      ["run", "Scenarios/load/submission.json", "-f", "a@b.test", "--no-report"])
    #expect(feed.exit == .usage && feed.errors.contains("--from"), "\(feed)")
    let check = await relaymark(
      ["run", "Scenarios/rfc5321/4.1.1.9-noop/does-nothing.json", "-r", "2", "--no-report"])
    #expect(check.exit == .usage && check.errors.contains("--recipients is for load"), "\(check)")
    let rate = await relaymark(
      ["run", "Scenarios/load/constant-rate.json", "-w", "1", "--no-report"])
    #expect(rate.exit == .usage && rate.errors.contains("--think"), "\(rate)")
  }

  @Test("A target without an address of the family cannot be tried")
  func family() async {
    let result = await relaymark(["run", Self.plain, "-6", "--no-report"])
    #expect(result.exit == .couldNotRun && result.errors.contains("no IPv6 address"), "\(result)")
  }

  @Test("smtp-source writes pauses in seconds; others have units and ranges")
  func pauses() {
    #expect(PauseArgument(argument: "2")?.range == .seconds(2)...(.seconds(2)))
    #expect(PauseArgument(argument: "250ms")?.range == .milliseconds(250)...(.milliseconds(250)))
    #expect(PauseArgument(argument: "1s..5s")?.range == .seconds(1)...(.seconds(5)))
    for wrong in ["", "x", "5s..1s", "-1", "1h"] {
      #expect(PauseArgument(argument: wrong) == nil, "\(wrong)")
    }
  }
}
