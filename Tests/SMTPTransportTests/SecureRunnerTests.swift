// SPDX-License-Identifier: Apache-2.0
//
// Dialogues over TLS on real sockets: implicit, by STARTTLS, and everything that can be wrong.

import DialogueEngine
import NIOCore
import ScenarioLanguage
import TLSEngine
import Testing

@testable import SMTPTransport

@Suite("Dialogues over TLS", .timeLimit(.minutes(1)))
struct SecureRunnerTests {
  /// A certificate for `server.test`, and the authority that a client needs to believe it.
  struct Material {
    let server: TLSServerContext
    let policy: TLSPolicy
    init(_ mode: TLSPolicy.Mode, name: String = "server.test") throws {
      let (identity, authority) = try SelfSigned.identity(names: ["server.test"], days: 1)
      server = try TLSServerContext(TLSServerSettings(identity: identity))
      var policy = TLSPolicy(mode: mode, trust: .pem(authority))
      policy.serverName = name
      self.policy = policy
    }
  }

  static func startTLS(
    _ mode: StartTLSMode, _ expectation: String = "secured"
  ) -> Instruction {
    Instruction(
      action: .startTLS(mode), expectation: expect(expectation), phase: .starttls,
      label: "STARTTLS")
  }

  @Test("Implicit TLS: greeting, transaction and QUIT inside, facts outside")
  func implicit() async throws {
    let material = try Material(.implicit)
    try await TestServer.run(ServerScript(implicitTLS: material.server)) { server in
      let report = try await RunnerTests.check(
        session(envelope + [sendMessage(300_000)]), at: server.address, tls: material.policy)
      #expect(report.record.verdict == .pass, "\(report.transcript?.render() ?? [])")
      let facts = try #require(report.tls)
      #expect(facts.isVerified)
      #expect(facts.version == .tls1_3)
      #expect(report.transcript?.render().contains { $0.contains("<~ 220 server.test") } == true)
      #expect(report.transcript?.render().contains { $0.contains("~> QUIT") } == true)
      #expect(report.observations.isEmpty)
    }
  }

  @Test("STARTTLS: the session goes on inside with a fresh EHLO")
  func upgrade() async throws {
    let material = try Material(.starttls)
    try await TestServer.run(ServerScript(startTLS: material.server)) { server in
      let report = try await RunnerTests.check(
        session([Self.startTLS(.full)] + envelope + [sendMessage(5000)]), at: server.address,
        tls: material.policy)
      #expect(report.record.verdict == .pass, "\(report.transcript?.render() ?? [])")
      #expect(report.tls?.isVerified == true)
      let secured = report.connections.contains { if case .secured = $0 { true } else { false } }
      #expect(secured)
    }
  }

  @Test("A certificate that we refuse lets us judge nothing, and says its reason")
  func unverified() async throws {
    let material = try Material(.starttls, name: "other.test")
    try await TestServer.run(ServerScript(startTLS: material.server)) { server in
      let report = try await RunnerTests.check(
        session([Self.startTLS(.full)]), at: server.address, tls: material.policy)
      #expect(report.record.verdict == .inconclusive)
      guard case .unable(let reason)? = report.steps.last?.answer else {
        Issue.record("\(report.transcript?.render() ?? [])")
        return
      }
      #expect(reason.contains("certificate"))
      let wanted = try await RunnerTests.check(
        session([Self.startTLS(.full, "refused")]), at: server.address, tls: material.policy)
      #expect(wanted.record.verdict == .inconclusive)
    }
  }

  @Test(
    "Clear text where TLS should begin, and silence, end within the limit",
    arguments: [
      ServerScript(greeting: ["220 clear text\r\n"]), ServerScript(greeting: []),
    ])
  func noTLS(script: ServerScript) async throws {
    let material = try Material(.implicit)
    try await TestServer.run(script) { server in
      let report = try await RunnerTests.check(
        session([send("NOOP")]), at: server.address, timeouts: RunnerTests.impatient,
        tls: material.policy)
      #expect(report.record.verdict == .inconclusive)
      guard case .refused? = report.steps.last?.answer else {
        Issue.record("\(report.transcript?.render() ?? [])")
        return
      }
    }
  }

  @Test("F112: clear text behind the 220 ends the session before the handshake")
  func injection() async throws {
    let material = try Material(.starttls)
    let script = ServerScript(
      answers: ["STARTTLS": ["220 go\r\n250-AUTH LOGIN\r\n25", .startTLS]],
      startTLS: material.server)
    try await TestServer.run(script) { server in
      let report = try await RunnerTests.check(
        session([Self.startTLS(.full)]), at: server.address, tls: material.policy)
      #expect(report.record.verdict == .fail)
      #expect(report.observations.map(\.kind) == [.cleartextBehindStartTLS])
      #expect(report.tls == nil)
    }
  }

  @Test("F094: an end without close_notify is a truncation, an orderly one is not")
  func truncation() async throws {
    let material = try Material(.implicit)
    for (action, end) in [(ServerAction.truncate, ConnectionEnd.truncated), (.finish, .fin)] {
      let script = ServerScript(answers: ["NOOP": [action]], implicitTLS: material.server)
      try await TestServer.run(script) { server in
        let report = try await RunnerTests.check(
          session([send("NOOP")]), at: server.address, tls: material.policy)
        guard case .closed(let seen)? = report.steps.last?.answer else {
          Issue.record("\(report.transcript?.render() ?? [])")
          return
        }
        #expect(seen == end)
        #expect(report.observations.contains { $0.kind == .truncatedTLS } == (end == .truncated))
      }
    }
  }

  @Test("F078: after our close_notify the connection goes on in clear text")
  func clearTextAfterCloseNotify() async throws {
    let material = try Material(.implicit)
    var limits = Timeouts()
    limits.quit = .milliseconds(200)
    try await TestServer.run(ServerScript(implicitTLS: material.server)) { server in
      let close = Instruction(action: .close(.closeNotifyOnly), label: "close")
      let report = try await RunnerTests.check(
        session([
          send("NOOP"), close, write("NOOP\r\n"),
          reading("pass silence|close; fail reply", within: .milliseconds(500)),
        ]), at: server.address, timeouts: limits, tls: material.policy)
      #expect(report.record.verdict == .pass, "\(report.transcript?.render() ?? [])")
      #expect(report.transcript?.render().contains { $0.contains("-> NOOP") } == true)
    }
  }

  @Test("TLS records are told from clear text, however they are cut")
  func records() throws {
    let octets: [UInt8] =
      [21, 3, 3, 0, 2, 1, 0, 23, 3, 3, 0, 3, 9, 9, 9] + Array("250 ok\r\n".utf8)
    for cut in 0...octets.count {
      var skipper = RecordSkipper()
      var seen: [UInt8] = []
      for part in [octets[..<cut], octets[cut...]] where !part.isEmpty {
        var buffer = ByteBuffer(bytes: part)
        skipper.strip(&buffer)
        seen += Array(buffer.readableBytesView)
      }
      #expect(seen == Array("250 ok\r\n".utf8))
    }
  }
}
