// SPDX-License-Identifier: Apache-2.0
//
// Every load that comes with the program runs against the embedded relay as it stands.

import JSONText
import RunRecord
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct LoadScenarioTests {
  /// Those that take their time or go by the clock are proven elsewhere.
  static let others: Set = ["hold.json", "constant-rate.json", "submission-ramp.json"]

  static let files = entries("Scenarios/load").filter {
    $0.hasSuffix(".json") && !others.contains($0)
  }

  @Test("A load runs with no flags, and every message has one outcome", arguments: files)
  func runs(file: String) async throws {
    let result = await relaymark(["run", "Scenarios/load/\(file)", "--json", "--no-report"])
    #expect(result.exit == .passed, "\(result)")
    let document = try JSONReader.read(octets: Array(result.output.utf8), file: "output")
    let messages = try #require(document["load"]?["messages"])
    let outcomes = ["accepted", "deferred", "rejected", "throttled", "lost"]
    let sum = outcomes.compactMap { messages[$0]?.integer }.reduce(0, +)
    #expect(messages["attempted"]?.integer == sum && messages["not_started"]?.integer == 0)
    if !["connect-and-leave.json", "handshake.json"].contains(file) { #expect(sum > 0) }
  }
}
