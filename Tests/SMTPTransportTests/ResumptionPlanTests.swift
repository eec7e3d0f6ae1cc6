// SPDX-License-Identifier: Apache-2.0
//
// The share of resumed handshakes: met over a run, by seeded chance, as far as there are sessions.

import ScenarioLanguage
import Testing

@testable import SMTPTransport

@Suite("Which handshakes resume a session")
struct ResumptionPlanTests {
  private func share(_ text: String) throws -> Resumption { try #require(Resumption(text)) }

  /// What a plan says to these possibilities.
  private func decisions(
    _ text: String, seed: UInt64 = 1, possible: [Bool]
  ) throws -> [Bool] {
    let plan = ResumptionPlan(try share(text), seed: seed)
    return possible.map { plan.resumes(isPossible: $0) }
  }

  @Test("Off is never, on is always, possible or not")
  func ends() throws {
    for possible in [true, false] {
      let all = Array(repeating: possible, count: 50)
      #expect(try decisions("off", possible: all).allSatisfy { !$0 })
      #expect(try decisions("0%", possible: all).allSatisfy { !$0 })
      #expect(try decisions("on", possible: all).allSatisfy { $0 })
      #expect(try decisions("100%", possible: all).allSatisfy { $0 })
    }
  }

  @Test("A share is met, and comes again with its seed", arguments: ["10%", "30%", "75.5%"])
  func met(_ text: String) throws {
    let possible = Array(repeating: true, count: 10_000)
    let resumed = try decisions(text, possible: possible)
    let measured = Double(resumed.filter { $0 }.count) / 10_000
    #expect(abs(measured - (try share(text).share)) < 0.015)
    #expect(try decisions(text, possible: possible) == resumed)
    #expect(try decisions(text, seed: 2, possible: possible) != resumed)
  }

  @Test("What could not be had at the start is made up for later")
  func owed() throws {
    let possible = Array(repeating: false, count: 100) + Array(repeating: true, count: 300)
    let resumed = try decisions("30%", possible: possible)
    #expect(resumed.prefix(100).allSatisfy { !$0 })
    #expect((100...140).contains(resumed.filter { $0 }.count))
  }

  @Test("Shares are read strictly", arguments: ["", "30", "101%", "-1%", "maybe", "%", "1e1%"])
  func reading(_ text: String) { #expect(Resumption(text) == nil) }
}
