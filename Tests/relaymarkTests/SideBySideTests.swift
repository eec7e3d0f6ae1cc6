// SPDX-License-Identifier: Apache-2.0
//
// One load over several targets: shares, a record for each, the comparison, and the worst exit.

import JSONText
import LoadEngine
import ReferenceRelay
import RunRecord
import ScenarioLanguage
import Testing

@testable import relaymark

@Suite(.timeLimit(.minutes(1))) struct SideBySideTests {
  static let plain = "Scenarios/load/plain.json"

  private func target(_ port: Int) -> [String] { ["--target", "smtp://127.0.0.1:\(port)"] }

  /// The accepted messages and sessions of each record in a folder, by port.
  private func loads(in folder: String) throws -> [Int64: (accepted: Int64, sessions: Int64)] {
    var loads: [Int64: (accepted: Int64, sessions: Int64)] = [:]
    for run in entries(folder) {
      let document = try JSONReader.read(file: "\(folder)/\(run)/run.json")
      let port = try #require(document["target"]?["port"]?.integer)
      loads[port] = (
        document["load"]?["messages"]?["accepted"]?.integer ?? -1,
        document["load"]?["sessions"]?.integer ?? -1
      )
    }
    return loads
  }

  @Test("Two targets share a load by weight, at the same time, and are compared")
  func weights() async throws {
    try await withFolder { folder in
      try await withRelay { one, first in
        try await withRelay { other, second in
          let result = await relaymark(
            ["run", Self.plain, "-s", "8", "-m", "80", "--weights", "3,1", "--report", folder]
              + target(one) + target(other))
          #expect(result.exit == .passed, "\(result)")
          let loads = try loads(in: folder)
          #expect(loads[Int64(one)]?.accepted == 60 && loads[Int64(one)]?.sessions == 6)
          #expect(loads[Int64(other)]?.accepted == 20 && loads[Int64(other)]?.sessions == 2)
          #expect(first.counters().accepted == 60 && second.counters().accepted == 20)
          #expect(result.output.contains("B/A"), "\(result)")
          #expect(result.output.contains("transaction.p99"), "\(result)")
        }
      }
    }
  }

  @Test("A rate is divided as well")
  func rate() async throws {
    try await withFolder { folder in
      try await withRelay { one, _ in
        try await withRelay { other, _ in
          let rate = ["--rate", "100/s", "--duration", "400ms"]
          let result = await relaymark(
            ["run", Self.plain, "--report", folder] + rate + target(one) + target(other))
          #expect(result.exit == .passed || result.exit == .thresholdCrossed, "\(result)")
          let loads = try loads(in: folder)
          #expect(loads.values.map(\.accepted) == [20, 20], "\(result)")
        }
      }
    }
  }

  @Test("One target that fails is told, does not stop the other, and sets the exit")
  func failing() async throws {
    let port = try await unusedPort()
    try await withFolder { folder in
      try await withRelay { one, _ in
        let result = await relaymark(
          ["run", Self.plain, "-s", "2", "-m", "10", "--report", folder]
            + target(one) + target(port))
        #expect(result.exit == .couldNotRun, "\(result)")
        #expect(result.errors.contains("127.0.0.1:\(port)"), "\(result)")
        let loads = try loads(in: folder)
        #expect(loads[Int64(one)]?.accepted == 5)
      }
      let refusing = RelayConfiguration(
        limits: .load, rules: [RelayRule(at: .rcpt, .reply(RelayReply(550, "5.1.1", "no")))])
      try await withRelay { one, _ in
        try await withRelay(refusing) { other, _ in
          let result = await relaymark(
            ["run", Self.plain, "-s", "2", "-m", "10", "--no-report"]
              + target(one) + target(other))
          #expect(result.exit == .thresholdCrossed, "\(result)")
        }
      }
    }
  }

  @Test(
    "What several targets cannot share is a usage error",
    arguments: [
      (["-s", "1"], "too few"), (["--weights", "1,2,3"], "--weights"),
      (["--weights", "0,1"], "0,1"),
    ])
  func refused(options: [String], words: String) async {
    let result = await relaymark(
      ["run", Self.plain, "-m", "10", "--no-report"] + options + target(1) + target(2))
    #expect(result.exit == .usage && result.errors.contains(words), "\(result)")
  }

  @Test("Checks, studies and certification take one target; weights need several")
  func single() async {
    for arguments in [
      ["run", "Scenarios/rfc5321/4.1.1.9-noop"], ["run", "Scenarios/load/reuse-study.json"],
      ["certify", "--dry-run"],
    ] {
      let result = await relaymark(arguments + target(1) + target(2))
      #expect(result.exit == .usage && result.errors.contains("one target"), "\(result)")
    }
    let alone = await relaymark(["run", Self.plain, "--weights", "1,2"] + target(1))
    #expect(alone.exit == .usage && alone.errors.contains("--weights"), "\(alone)")
  }

  @Test("Shares are whole and lose nothing")
  func shares() {
    #expect(Shares(weights: [1, 1, 1]).divide(10) == [4, 3, 3])
    #expect(Shares(weights: [3, 1]).divide(4) == [3, 1])
    #expect(Shares(weights: [1, 2]).divide(1) == [0, 1])
    for number in 0...50 {
      #expect(Shares(weights: [5, 3, 7]).divide(number).reduce(0, +) == number)
    }
  }

  @Test("A scaled schedule begins its share of the messages over the same time")
  func scaled() {
    let whole = ArrivalSchedule(rate: Rate(perSecond: 100), duration: .seconds(2))
    let part = whole.scaled(by: 0.25)
    #expect(part.count == 50 && part.length == whole.length)
    #expect(part.offset(of: 1) == 40_000_000)
  }

  @Test("Several loads show one line")
  func progress() {
    func progress(_ done: Int, planned: Int?) -> LoadProgress {
      LoadProgress(
        done: done, planned: planned, errors: 1, underWay: 2, open: 3, elapsed: Double(done),
        length: nil, last: nil)
    }
    let sum = SharedProgress.sum(of: [progress(5, planned: 10), progress(7, planned: 20)])
    #expect(sum?.done == 12 && sum?.planned == 30 && sum?.errors == 2 && sum?.elapsed == 7)
    #expect(
      SharedProgress.sum(of: [progress(5, planned: nil), progress(7, planned: 2)])?.planned == nil)
  }
}
