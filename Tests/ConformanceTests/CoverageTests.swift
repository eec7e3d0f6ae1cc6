// SPDX-License-Identifier: Apache-2.0
//
// Proves that the standing of requirements is what the files say, and that the real files agree with
// each other.

import Glibc
import JSONText
import Testing

@testable import Conformance

@Suite struct CoverageTests {
  private static func requirement(
    _ id: String, _ observability: Requirement.Observability = .direct,
    level: Requirement.Level = .must
  ) -> Requirement {
    Requirement(
      id: id, rfc: 5321, section: "4.1", level: level, applies: [], requires: [], title: "",
      rule: "", holds: "", broken: "", observability: observability, evidence: "a sink",
      reading: nil)
  }

  private static let register = RequirementRegister(requirements: [
    requirement("5321-a"), requirement("5321-b"), requirement("5321-c", level: .should),
    requirement("5321-d", .delivery), requirement("5321-e", .timing),
  ])

  @Test("A check proves, a reason excuses, evidence beyond replies excuses, all else is planned")
  func standings() {
    let coverage = Coverage(
      register: Self.register,
      checks: [("z", ["5321-a", "5321-d"]), ("y", ["5321-a"]), ("x", ["abuse-flood"])],
      unobservable: [Unobservable(id: "5321-c", reason: "because")])
    #expect(
      coverage.entries.map(\.standing) == [
        .proven(["y", "z"]), .planned, .notObservable("because"), .proven(["z"]),
        .notObservable("needs more than replies: a sink"),
      ])
    #expect(coverage.unknown.isEmpty && coverage.contradictions.isEmpty)
    var row = Coverage.Row(rfc: 5321)
    (row.proven, row.planned, row.notObservable) = (2, 1, 2)
    #expect(coverage.rows() == [row])
    #expect(coverage.rows { $0.level == .should }.map(\.total) == [1])
  }

  @Test("Unknown ids and contradictions are told")
  func mistakes() {
    let coverage = Coverage(
      register: Self.register, checks: [("z", ["5321-a", "5321-typo"])],
      unobservable: [
        Unobservable(id: "5321-a", reason: "no"), Unobservable(id: "5321-other", reason: "no"),
      ])
    #expect(coverage.unknown == ["5321-other", "5321-typo"])
    #expect(coverage.contradictions == ["5321-a"])
  }

  @Test(
    "A list of the unobservable without id or reason is refused with its place",
    arguments: [
      #"{"requirements": [{"id": "a"}]}"#, #"{"requirements": [{"reason": "a"}]}"#,
      #"{"requirements": {}}"#, "[]",
    ])
  func badList(text: String) throws {
    let path = "/tmp/relaymark-unobservable-\(UInt64.random(in: .min ... .max)).json"
    try WholeFile.write(Array(text.utf8), to: path)
    defer { unlink(path) }
    let error = #expect(throws: JSONError.self) { try Unobservable.read(file: path) }
    #expect(error?.description.hasPrefix("\(path):1:") ?? false)
  }
}
