// SPDX-License-Identifier: Apache-2.0
//
// The comparison of manners against relays in memory: field cases about groups, by number.

import Conformance
import ReferenceRelay
import RunRecord
import ScenarioLanguage
import Testing

@Suite struct EquivalenceTests {
  private func records(
    of check: String, with fault: String
  ) async throws -> (honest: [CheckRecord], broken: [CheckRecord]) {
    let scenarios = try FaultMatrix.checks().filter { $0.id == "rfc2920/3.2-equivalence/\(check)" }
    let matrix = try await FaultMatrix(scenarios, playsEverywhere: true)
    let fault = try #require(RelayFaultCatalogue.fault(named: fault))
    let isOurs = { (record: CheckRecord) in record.id.hasSuffix("/\(check)") }
    return (
      try await matrix.playHonestly().filter(isOurs), await matrix.play(fault).filter(isOurs)
    )
  }

  @Test("Over TLS the group of clear text is compared, where the target is asked for TLS elsewhere")
  func manners() async throws {
    let honest = try await records(of: "transaction", with: "reads-one-command-per-record").honest
    let clear = try #require(honest.first { $0.gate == "clear" && $0.role == "relay" })
    #expect(
      clear.measured["manners compared"]
        == "lock-step, octet-by-octet, one-write, every-octet, inside-line-ends, over-tls")
    let secure = try #require(honest.first { $0.gate == "TLS" && $0.role == "relay" })
    #expect(secure.verdict == "pass")
    #expect(secure.measured["manners compared"]?.hasSuffix("inside-line-ends") == true)
  }

  @Test("F027: a message whose reply is lost where QUIT follows it in the same write is a failure")
  func messageAndQuit() async throws {
    let found = try await records(of: "message-and-quit", with: "loses-input-behind-messages")
    #expect(found.honest.contains { $0.verdict == "pass" })
    #expect(found.broken.contains { $0.verdict == "fail" })
  }

  @Test("F029: a large group that is corrupted is a failure, and says where")
  func largeGroup() async throws {
    let found = try await records(of: "large-group", with: "puts-nul-into-large-groups")
    #expect(found.honest.contains { $0.verdict == "pass" })
    let broken = try #require(found.broken.first { $0.verdict == "fail" })
    #expect(broken.reason?.contains("one-write") == true, "\(broken.reason ?? "")")
  }
}
