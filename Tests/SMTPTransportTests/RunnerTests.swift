// SPDX-License-Identifier: Apache-2.0
//
// Dialogues over real sockets, loopback only: the ways in, and every way in which a connection
// can go wrong.

import DialogueEngine
import Glibc
import NIOCore
import NIOPosix
import ScenarioLanguage
import TLSEngine
import Testing

@testable import SMTPTransport

@Suite("Dialogues over sockets", .timeLimit(.minutes(1)))
struct RunnerTests {
  /// Limits small enough for tests that wait for them.
  static let impatient: Timeouts = {
    var limits = Timeouts()
    for path in [
      \Timeouts.connect, \.tls, \.greeting, \.ehlo, \.auth, \.mail, \.rcpt, \.data, \.block, \.body,
      \.other,
    ] { limits[keyPath: path] = .milliseconds(300) }
    return limits
  }()

  static func check(
    _ program: SessionProgram, at address: SocketAddress, timeouts: Timeouts = Timeouts(),
    sources: [String] = [], tls: TLSPolicy? = nil
  ) async throws -> DialogueReport {
    let endpoint: TargetProfile.Endpoint =
      switch address {
      case .unixDomainSocket: .unix(path: address.pathname ?? "")
      default: .tcp(host: address.ipAddress ?? "", port: address.port ?? 0)
      }
    var profile = TargetProfile(endpoint: endpoint, role: .relay)
    profile.tls = tls ?? TLSPolicy(mode: .none, trust: .unverified)
    profile.timeouts = timeouts
    profile.sources = sources
    let settings = try await SessionSettings.make(for: profile, mode: .check, run: "test", seed: 1)
    let report = await Runner.run(
      try settings.prepare(program), settings: settings,
      on: MultiThreadedEventLoopGroup.singleton.next())
    return report
  }

  static let transaction = session(envelope + [sendMessage(5000)])

  @Test("A transaction over IPv4, IPv6 and a unix socket", arguments: ["127.0.0.1", "::1", "unix"])
  func families(kind: String) async throws {
    let path = "/tmp/relaymark-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
    defer { unlink(path) }
    let address =
      kind == "unix"
      ? try SocketAddress(unixDomainSocketPath: path) : try SocketAddress(ipAddress: kind, port: 0)
    try await TestServer.run(ServerScript(), at: address) { server in
      let report = try await Self.check(Self.transaction, at: server.address)
      #expect(report.record.verdict == .pass, "\(report.transcript?.render() ?? [])")
      #expect(report.ending == .finished)
      #expect(report.transcript?.render().contains { $0.contains("-> QUIT") } == true)
    }
  }

  @Test("A source address of the profile or of the script is used")
  func sources() async throws {
    try await TestServer.run(ServerScript()) { server in
      let report = try await Self.check(
        Self.transaction, at: server.address, sources: ["127.0.0.2"])
      #expect(report.record.verdict == .pass)
      let wrong = try await Self.check(Self.transaction, at: server.address, sources: ["::1"])
      #expect(wrong.record.verdict == .inconclusive)
      #expect(wrong.record.reason?.contains("family") == true)
      let connect = Instruction(
        action: .connect(source: "127.0.0.3"), phase: .connect, label: "connect")
      let scripted = try await Self.check(
        session([connect, reading("220", phase: .greeting)], start: .nothing), at: server.address)
      #expect(scripted.record.verdict == .pass)
    }
  }

  @Test("A refused connection says so")
  func refused() async throws {
    // Bound and closed again: nobody listens there now.
    let address = try await TestServer.run(ServerScript()) { $0.address }
    let report = try await Self.check(Self.transaction, at: address)
    #expect(report.record.verdict == .inconclusive)
    #expect(report.record.reason?.contains("connection refused") == true)
    guard case .refused? = report.connections.first else {
      Issue.record("\(report.connections)")
      return
    }
    let expected = Instruction(
      action: .connect(source: nil), expectation: expect("refused"), phase: .connect,
      label: "connect")
    let wanted = try await Self.check(session([expected], start: .nothing), at: address)
    #expect(wanted.record.verdict == .pass)
  }

  @Test("A missing unix socket says so")
  func missingSocket() async throws {
    let address = try SocketAddress(unixDomainSocketPath: "/tmp/relaymark-nobody-\(getpid())")
    let report = try await Self.check(Self.transaction, at: address)
    #expect(report.record.reason?.contains("no such file") == true)
  }

  @Test(
    "A target that never greets, never replies or drips ends within the limit",
    arguments: [
      ServerScript(greeting: []), ServerScript(answers: ["EHLO": []]),
      ServerScript(answers: ["MAIL": ["250-", .pause(50), "a", .pause(5000), "b"]]),
      ServerScript(answers: [".": []]),
    ])
  func silence(script: ServerScript) async throws {
    try await TestServer.run(script) { server in
      let report = try await Self.check(
        Self.transaction, at: server.address, timeouts: Self.impatient)
      #expect(report.record.verdict != .pass)
      #expect(report.record.reason != nil)
    }
  }

  @Test("FIN and RST are told apart")
  func ends() async throws {
    for (action, end) in [(ServerAction.finish, ConnectionEnd.fin), (.reset, .reset)] {
      let script = ServerScript(answers: ["MAIL": [action]])
      try await TestServer.run(script) { server in
        let report = try await Self.check(Self.transaction, at: server.address)
        guard case .closed(let seen)? = report.steps.last?.answer else {
          Issue.record("\(report.transcript?.render() ?? [])")
          return
        }
        #expect(seen == end)
        #expect(report.record.verdict == .inconclusive)
      }
    }
  }

  @Test("F082: a reply directly before FIN or RST is the reason", arguments: [true, false])
  func reasonBeforeEnd(byReset: Bool) async throws {
    let script = ServerScript(
      answers: ["RCPT": ["550 5.7.1 blocked\r\n", byReset ? .reset : .finish]])
    try await TestServer.run(script) { server in
      let report = try await Self.check(Self.transaction, at: server.address)
      #expect(report.steps.last?.answer.description == "550 5.7.1 blocked")
      #expect(report.record.verdict == .fail)
    }
  }

  @Test(
    "F069, F083: a reply in the middle of a large message, then the end",
    arguments: [
      "421 4.3.2 down", "500 5.5.2 line too long",
    ])
  func cutOff(reply: String) async throws {
    let script = ServerScript(
      duringMessage: (100_000, [.stopReading, .say("\(reply)\r\n"), .pause(100), .finish]))
    try await TestServer.run(script) { server in
      let report = try await Self.check(
        session(envelope + [sendMessage(20_000_000, "pass 421|5xx")]), at: server.address)
      let step = try #require(report.steps.last)
      #expect(step.answer.description == reply, "\(report.transcript?.render() ?? [])")
      #expect(step.octetsSent < 20_000_000)
      #expect(report.record.verdict == .pass)
    }
  }

  @Test("A target that stops reading is given up within the limit for a block")
  func stalled() async throws {
    var limits = Timeouts()
    limits.block = .milliseconds(300)
    try await TestServer.run(ServerScript(stopsReading: true)) { server in
      let report = try await Self.check(
        session(envelope + [sendMessage(12_000_000)]), at: server.address, timeouts: limits)
      #expect(report.record.verdict == .fail)
      #expect(report.record.steps.last?.answer.description.contains("took no octet") == true)
    }
  }

  @Test(
    "Garbage and floods end in an outcome of their own",
    arguments: [
      ServerScript(greeting: ["HTTP/1.1 400 Bad Request\r\n\r\n"]),
      ServerScript(greeting: [.flood(String(repeating: "x", count: 10_000))]),
      ServerScript(answers: ["EHLO": [.flood("250-more and more and more\r\n")]]),
      ServerScript(answers: ["EHLO": [.flood("250 again\r\n")]]),
    ])
  func garbage(script: ServerScript) async throws {
    try await TestServer.run(script) { server in
      let report = try await Self.check(Self.transaction, at: server.address)
      #expect(report.record.verdict != .pass)
      #expect(!report.observations.isEmpty)
    }
  }

  @Test("Our FIN, our RST and a half-closed connection", arguments: CloseManner.allCases)
  func closing(manner: CloseManner) async throws {
    let close = Instruction(action: .close(manner), label: "close")
    try await TestServer.run(ServerScript()) { server in
      let report = try await Self.check(session([send("NOOP"), close]), at: server.address)
      #expect(report.ending == .finished)
      #expect(report.record.verdict == .pass)
      let half = try await Self.check(
        session([send("NOOP"), close, reading("close", within: .seconds(2))]), at: server.address)
      #expect(half.ending == .finished)
    }
  }

  @Test("A name that does not resolve is an error of its own")
  func unresolved() async throws {
    let profile = TargetProfile(
      endpoint: .tcp(host: "nobody.invalid", port: 25), role: .relay)
    await #expect(throws: TransportError.self) {
      try await SessionSettings.make(for: profile, mode: .check, run: "test", seed: 1)
    }
  }

  @Test("A cancelled check ends politely with what was seen")
  func cancelling() async throws {
    let wait = Instruction(action: .wait(.seconds(3600)), label: "wait")
    try await TestServer.run(ServerScript()) { server in
      let task = Task {
        try await Self.check(session([send("NOOP"), wait]), at: server.address)
      }
      task.cancel()
      let report = try await task.value
      #expect(report.ending == .cancelled)
    }
  }
}
