// SPDX-License-Identifier: Apache-2.0
//
// The study of reuse from the command line to the files, against relays that end connections in
// every way there is.

import JSONText
import ReferenceRelay
import RunRecord
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct ReuseStudyTests {
  static let study = "Scenarios/load/reuse-study.json"

  /// Five messages a connection, and then this.
  private static func relay(_ act: RelayRule.Act?) -> RelayConfiguration {
    var configuration = RelayConfiguration(limits: .load)
    if let act {
      configuration.rules = [RelayRule(at: .mail, act, after: 5, per: .connection)]
    }
    return configuration
  }

  /// The study of a relay, of few messages, as a document.
  private func study(
    of configuration: RelayConfiguration, _ options: [String] = []
  ) async throws -> (result: CommandResult, document: JSONValue) {
    try await withRelay(configuration) { port, _ in
      let result = await relaymark(
        ["run", Self.study, "--target", "smtp://127.0.0.1:\(port)", "-s", "2", "-m", "30"]
          + ["--json", "--no-report"] + options)
      let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
      return (result, document)
    }
  }

  @Test(
    "A limit is found and named, however the relay tells of it, and reuse keeps within it",
    arguments: [
      (.reply(RelayReply(421, "4.7.0", "enough")), "421", "421 4.7.0 enough"),
      (.reply(RelayReply(452, "4.5.3", "enough")), "refusing", "452 4.5.3 enough"),
      (.close, "closed", nil), (.reset, "reset", nil),
    ] as [(RelayRule.Act, String, String?)])
  func limits(act: RelayRule.Act, ending: String, reply: String?) async throws {
    let (result, document) = try await study(of: Self.relay(act), ["--tls", "none"])
    #expect(result.exit == .passed, "\(result)")
    let limit = try #require(document["reuse"]?["limit"])
    #expect(limit["ending"]?.string == ending, "\(limit)")
    #expect(limit["accepted"]?.integer == 5 && limit["stage"]?.string == "mail", "\(limit)")
    #expect(limit["reply"]?.string == reply, "\(limit)")
    let ways = try #require(document["reuse"]?["ways"]?.elements)
    #expect(ways.map { $0["kind"]?.string } == ["fresh", "reused"])
    #expect(ways.allSatisfy { $0["messages"]?["accepted"]?.integer == 30 }, "\(ways)")
    #expect(ways.first?["connections"]?["opened"]?.integer == 30)
    #expect(ways.last?["per_connection"]?.string == "5")
    #expect((6...7).contains(ways.last?["connections"]?["opened"]?.integer ?? 0), "\(ways)")
  }

  @Test("The relay's own limit is met and told in words")
  func transactions() async throws {
    var configuration = RelayConfiguration(limits: .load)
    configuration.limits.transactions = 5
    try await withRelay(configuration) { port, _ in
      let result = await relaymark(
        ["run", Self.study, "--target", "smtp://127.0.0.1:\(port)", "-m", "20", "--no-report"])
      #expect(result.exit == .passed, "\(result)")
      #expect(
        result.output.contains("A connection takes 5 messages; then the target ends it with 421"),
        "\(result)")
      #expect(result.output.contains("Reused connections carry"), "\(result)")
    }
  }

  @Test("Where there is no limit, connections are kept; with TLS, resumed ones stand beside them")
  func noLimit() async throws {
    let (result, document) = try await study(of: Self.relay(nil))
    #expect(result.exit == .passed, "\(result)")
    #expect(document["reuse"]?["limit"]?["ending"]?.string == "none")
    #expect(document["reuse"]?["limit"]?["accepted"]?.integer == 1_000)
    let ways = try #require(document["reuse"]?["ways"]?.elements)
    #expect(ways.map { $0["kind"]?.string } == ["fresh", "resumed", "reused"])
    let connections = ways.compactMap { $0["connections"] }
    #expect(connections.map { $0["opened"]?.integer } == [30, 30, 2])
    #expect(connections[0]["full_handshakes"]?.integer == 30)
    #expect((connections[1]["resumed_handshakes"]?.integer ?? 0) >= 26, "\(connections)")
    #expect(document["load"]?["connections"]?["opened"]?.integer == 2)
    #expect(ways.allSatisfy { $0["transaction"]?["count"]?.integer == 30 })
  }

  @Test("A relay that has had enough of the client, not of the connection, is told apart")
  func throttling() async throws {
    var configuration = RelayConfiguration(limits: .load)
    configuration.rules = [
      RelayRule(at: .mail, .reply(RelayReply(451, "4.7.1", "slow down")), after: 5, times: 4)
    ]
    let (_, document) = try await study(of: configuration, ["--tls", "none"])
    #expect(document["reuse"]?["limit"]?["ending"]?.string == "throttling")
    #expect(document["reuse"]?["ways"]?.elements?.last?["per_connection"] == nil)
  }

  @Test("The folder holds the study in every form, and is rendered again from its record")
  func folder() async throws {
    try await withFolder { folder in
      let arguments = ["run", Self.study, "-m", "20", "--report", folder]
      let result = await relaymark(arguments)
      #expect(result.exit == .passed, "\(result)")
      let run = "\(folder)/\(try #require(entries(folder).first))"
      let document = try JSONReader.read(file: "\(run)/run.json")
      let schema = try JSONSchema(
        JSONReader.read(file: "Reports/run.schema.json"), file: "run.schema.json")
      #expect(schema.violations(of: document).isEmpty, "\(schema.violations(of: document))")
      for file in ["summary.md", "report.html"] {
        let text = String(
          decoding: try WholeFile.read("\(run)/\(file)", limit: 1_000_000), as: UTF8.self)
        #expect(text.contains("no limit was met") && text.contains("resumed"), "\(file)")
      }
      let rendered = await relaymark(["report", run])
      #expect(rendered.exit == .passed, "\(rendered)")
    }
  }

  @Test(
    "What the study decides by itself cannot be set",
    arguments: [
      ["--per-connection", "5"], ["-d"], ["--hold", "1s"], ["--rate", "5/s", "--duration", "1s"],
      ["--resumption", "30%"],
    ])
  func refused(options: [String]) async {
    let result = await relaymark(["run", Self.study, "--no-report"] + options)
    #expect(result.exit == .usage && result.errors.contains("a study of reuse"), "\(result)")
  }

  @Test("A target that accepts nothing cannot be studied")
  func nothing() async throws {
    let refusing = RelayConfiguration(
      limits: .load, rules: [RelayRule(at: .rcpt, .reply(RelayReply(550, "5.1.1", "nobody")))])
    try await withRelay(refusing) { port, _ in
      let result = await relaymark(
        ["run", Self.study, "--target", "smtp://127.0.0.1:\(port)", "--no-report"])
      #expect(result.exit == .couldNotRun, "\(result)")
      #expect(result.errors.contains("accepted no message: 550 5.1.1"), "\(result)")
    }
  }
}
