// SPDX-License-Identifier: Apache-2.0
//
// What a plain session met, read off made-up records.

import JSONText
import SMTPWire
import ScenarioLanguage
import Testing

@testable import Conformance
@testable import DialogueEngine
@testable import SMTPTransport

@Suite struct DoorTests {
  private static func door(
    _ phase: Phase, _ code: UInt16, wantsLogin: Bool = false
  ) -> Door {
    var step = FindingTests.step(.fail, label: "X")
    step.phase = phase
    step.answer = .replies([
      Reply(code: code, octets: Array("\(code) text\r\n".utf8), observations: [])
    ])
    let report = DialogueReport(
      record: FindingTests.record([step]), ending: .finished, tls: nil, connections: [])
    return Door(of: report, wantsLogin: wantsLogin)
  }

  @Test(
    "The answer to a plain session says whether it is let in",
    arguments: [
      (.mail, 530, .gated("X: 530 text")), (.rcpt, 530, .gated("X: 530 text")),
      (.rcpt, 550, .open), (.mail, 451, .deferred("X: 451 text")),
      (.greeting, 554, .refusing("X: 554 text")), (.greeting, 421, .throttled("X: 421 text")),
      (.ehlo, 450, .throttled("X: 450 text")), (.auth, 535, .unavailable("X: 535 text")),
      (.starttls, 454, .unavailable("X: 454 text")),
    ] as [(Phase, UInt16, Door)])
  func doors(phase: Phase, code: UInt16, door: Door) {
    #expect(Self.door(phase, code) == door)
  }

  @Test(
    "Before a login a submission server may refuse with any code, and that is a gate",
    arguments: [(.mail, 550), (.rcpt, 554), (.rcpt, 501)] as [(Phase, UInt16)])
  func policyGate(phase: Phase, code: UInt16) {
    #expect(Self.door(phase, code) == .open)
    #expect(Self.door(phase, code, wantsLogin: true) == .gated("X: \(code) text"))
  }

  @Test("A login is wanted below the gates that log in, and nowhere else")
  func gates() throws {
    var profile = TargetProfile(endpoint: .tcp(host: "127.0.0.1", port: 1), role: .submission)
    profile.credentials = .init(username: "u", password: Secret("p"))
    let plan = try CertificationPlan([], for: profile, run: "r")
    #expect(plan.gates == [.clear, .secure, .full])
    #expect(plan.gates.map(plan.wantsLogin) == [true, true, false])
    profile.credentials = nil
    let anonymous = try CertificationPlan([], for: profile, run: "r")
    #expect(anonymous.gates.map(anonymous.wantsLogin) == [false, false])
  }
}
