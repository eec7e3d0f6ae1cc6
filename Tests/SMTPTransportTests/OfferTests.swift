// SPDX-License-Identifier: Apache-2.0
//
// Handshakes of a script's own on real sockets: what is offered, what comes of it, and what it is
// worth.

import DialogueEngine
import ScenarioLanguage
import TLSEngine
import Testing

@testable import SMTPTransport

@Suite("TLS handshakes of a script's own", .timeLimit(.minutes(1)))
struct OfferTests {
  /// A connection of its own over implicit TLS up to the handshake, and the greeting behind it.
  private static func handshake(
    _ offer: TLSOffer, _ expectation: String, _ conditions: [TLSCondition] = [],
    otherwise: Verdict = .fail
  ) -> [Instruction] {
    var wanted = expect(expectation)
    wanted.conditions = conditions.map { .tls($0) }
    wanted.otherwise = otherwise
    return [
      Instruction(
        action: .connect(source: nil, offer: offer), expectation: wanted, phase: .tls,
        label: "TLS handshake"),
      Instruction(
        action: .greeting, expectation: expect("2xx"), phase: .greeting, label: "greeting",
        origin: .harness),
    ]
  }

  private static func report(
    _ steps: [Instruction], server change: (inout TLSServerSettings) -> Void = { _ in }
  ) async throws -> DialogueReport {
    let (identity, authority) = try SelfSigned.identity(names: ["server.test"], days: 1)
    var settings = TLSServerSettings(identity: identity)
    change(&settings)
    var policy = TLSPolicy(mode: .implicit, trust: .pem(authority))
    policy.serverName = "server.test"
    let script = ServerScript(implicitTLS: try TLSServerContext(settings))
    return try await TestServer.run(script) { server in
      try await RunnerTests.check(
        session(steps, start: .nothing), at: server.address, tls: policy)
    }
  }

  @Test("What the server refuses is refused, and the next handshake is a new connection")
  func refused() async throws {
    let report = try await Self.report(
      Self.handshake(TLSOffer(), "next secured; inconclusive refused")
        + Self.handshake(
          TLSOffer(maximum: .tls11), "pass refused; fail secured", [.alert("protocol version")])
        + Self.handshake(TLSOffer(maximum: .tls12), "pass secured", [.version([.tls12])]))
    #expect(report.record.verdict == .pass, "\(report.transcript?.render() ?? [])")
    #expect(report.record.connections == 2)
    #expect(report.observations.isEmpty)
  }

  @Test("An old version that the server takes is no pass")
  func accepted() async throws {
    let report = try await Self.report(
      Self.handshake(TLSOffer(maximum: .tls10), "pass refused; fail secured")
    ) { $0.minimum = .tls1_0 }
    #expect(report.record.verdict == .fail)
  }

  @Test("What our own OpenSSL cannot offer makes the check skipped, before anything is said")
  func unofferable() async throws {
    let offers = [
      TLSOffer(maximum: .tls12, ciphers: "IDEA-CBC-SHA"),
      TLSOffer(maximum: .tls11, ciphers: "ECDHE+AESGCM"),
    ]
    for offer in offers {
      let report = try await Self.report(Self.handshake(offer, "pass refused; fail secured"))
      guard case .skipped(let reason) = report.ending else {
        Issue.record("\(report.transcript?.render() ?? [])")
        continue
      }
      #expect(reason.contains("TLS settings are wrong"))
      #expect(report.tls == nil)
    }
  }

  @Test("A hello of our own making is answered, judged, and the end of its connection")
  func rawHello() async throws {
    let report = try await Self.report(
      Self.handshake(TLSOffer(hello: .ssl3), "pass refused; fail secured")
        + Self.handshake(
          TLSOffer(hello: .renegotiationInfo), "secured",
          [.secureRenegotiation(true), .compression(false), .version([.tls12])])
        + Self.handshake(TLSOffer(hello: .compression), "secured", [.compression(true)]))
    #expect(report.record.verdict == .fail)
    #expect(report.steps.map(\.verdict) == [.pass, .pass, .fail])
    #expect(report.steps.last?.reason == "records are not compressed")
    #expect(report.observations.isEmpty)
  }

  @Test("No connection is no refusal of the handshake")
  func unconnected() async throws {
    var policy = TLSPolicy(mode: .implicit, trust: .unverified)
    policy.serverName = "server.test"
    let address = try await TestServer.run(ServerScript()) { $0.address }
    let report = try await RunnerTests.check(
      session(Self.handshake(TLSOffer(), "pass refused"), start: .nothing), at: address,
      tls: policy)
    #expect(report.record.verdict == .inconclusive)
  }

  @Test("A certificate is not refused, only judged")
  func certificate() async throws {
    let strange = try SelfSigned.identity(names: ["other.test"], days: 1).identity
    for (rule, verdict) in [
      (CertificateRule.trusted, Verdict.fail), (.namesHost, .fail), (.wholeWildcards, .pass),
    ] {
      let report = try await Self.report(
        Self.handshake(TLSOffer(), "secured", [.certificate(rule)])
      ) { $0.identity = strange }
      #expect(report.record.verdict == verdict, "\(rule.rawValue)")
    }
  }

  @Test("Conditions that do not hold get the other verdict, in words of what was agreed")
  func otherwise() async throws {
    let report = try await Self.report(
      Self.handshake(
        TLSOffer(), "secured", [.asksCertificate(false), .cipher("NULL")], otherwise: .warn))
    #expect(report.record.verdict == .warn)
    #expect(report.steps.first?.reason?.contains("the cipher is TLS_") == true)
  }
}
