// SPDX-License-Identifier: Apache-2.0
//
// Sessions that repeat transactions, as a load engine drives them, over real sockets.

import DialogueEngine
import NIOCore
import NIOPosix
import SMTPWire
import ScenarioLanguage
import Testing

@testable import SMTPTransport

@Suite("Sessions under load", .timeLimit(.minutes(1)))
struct SessionTests {
  /// Gives its sessions so many transactions each and keeps what they tell.
  final class Owner: SessionOwner {
    struct Books: Sendable {
      var results: [TransactionResult] = []
      var phases: [Phase: Int] = [:]
      var replies: [UInt16: Int] = [:]
      var opened = 0
      var refused: [String] = []
      var ends: [ConnectionEnd] = []
      var endings: [SessionEnding] = []
    }

    var books = Books()
    var sessions: [Session] = []
    private var left: Int
    private var nextNumber = 0
    private let perConnection: Int
    private let parksAt: Int?
    private let done: (Books) -> Void

    init(messages: Int, perConnection: Int, parksAt: Int? = nil, done: @escaping (Books) -> Void) {
      left = messages
      self.perConnection = perConnection
      self.parksAt = parksAt
      self.done = done
    }

    func session(_ session: Session, measured phase: Phase, nanoseconds: Int64) {
      books.phases[phase, default: 0] += 1
    }

    func session(
      _ session: Session, received code: UInt16, enhanced: EnhancedCode?, at phase: Phase
    ) { books.replies[code, default: 0] += 1 }

    func session(_ session: Session, connection event: ConnectionEvent) {
      switch event {
      case .opened: books.opened += 1
      case .refused(let reason): books.refused.append(reason)
      case .ended(let end, _): books.ends.append(end)
      case .secured, .handshakeFailed: break
      }
    }

    func sessionIsReady(_ session: Session) -> SessionMove { next(fresh: false) }

    func session(_ session: Session, finished result: TransactionResult) -> SessionMove {
      books.results.append(result)
      if books.results.count == parksAt {
        let bound = NIOLoopBound((self, session), eventLoop: session.loop.eventLoop)
        session.loop.eventLoop.scheduleTask(in: .milliseconds(200)) {
          let (owner, session) = bound.value
          session.resume(owner.next(fresh: false))
        }
        return .park
      }
      return next(fresh: result.position >= perConnection)
    }

    private func next(fresh: Bool) -> SessionMove {
      guard left > 0 else { return .finish }
      left -= 1
      nextNumber += 1
      return fresh
        ? .reconnect(number: nextNumber, intended: nil)
        : .transaction(number: nextNumber, intended: nil)
    }

    func session(_ session: Session, ended ending: SessionEnding) {
      books.endings.append(ending)
      if books.endings.count == sessions.count { done(books) }
    }
  }

  static func run(
    _ program: SessionProgram, at address: SocketAddress, sessions: Int = 1, messages: Int,
    perConnection: Int = .max, parksAt: Int? = nil, tls: TLSPolicy? = nil
  ) async throws -> Owner.Books {
    var profile = TargetProfile(
      endpoint: .tcp(host: address.ipAddress ?? "", port: address.port ?? 0), role: .relay)
    profile.tls = tls ?? TLSPolicy(mode: .none, trust: .unverified)
    let settings = try await SessionSettings.make(for: profile, mode: .load, run: "test", seed: 1)
    let prepared = try settings.prepare(program)
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let kept = NIOLoopBoundBox<Owner?>.makeBoxSendingValue(nil, eventLoop: eventLoop)
    let books = await withCheckedContinuation { continuation in
      eventLoop.execute {
        let owner = Owner(messages: messages, perConnection: perConnection, parksAt: parksAt) {
          continuation.resume(returning: $0)
        }
        kept.value = owner
        let loop = SessionLoop(eventLoop)
        owner.sessions = (1...sessions).map {
          Session(prepared, settings: settings, number: $0, owner: owner, on: loop)
        }
        for session in owner.sessions { session.start() }
      }
    }
    return books
  }

  static let pipelined = session([
    group(
      member("MAIL FROM:<a@client.test>", "250"), member("RCPT TO:<b@server.test>", "250"),
      member("DATA", "354")), sendMessage(4096),
  ])

  @Test("Many sessions share one loop and one buffer", arguments: [true, false])
  func many(isPipelined: Bool) async throws {
    let program = isPipelined ? Self.pipelined : session(envelope + [sendMessage(4096)])
    try await TestServer.run(ServerScript()) { server in
      let books = try await Self.run(program, at: server.address, sessions: 20, messages: 500)
      #expect(books.results.count == 500)
      #expect(books.results.allSatisfy { $0.outcome == .accepted })
      #expect(Set(books.results.map(\.number)).count == 500)
      #expect(books.opened == 20)
      #expect(books.phases[.body] == 500)
      #expect(books.replies[354] == 500)
      #expect(books.endings.allSatisfy { $0 == .finished })
      #expect(books.ends == Array(repeating: .local, count: 20))
    }
  }

  @Test("A connection carries as many messages as its owner wants")
  func reconnecting() async throws {
    try await TestServer.run(ServerScript()) { server in
      let books = try await Self.run(
        session(envelope + [sendMessage(100)]), at: server.address, sessions: 2, messages: 20,
        perConnection: 3)
      #expect(books.results.count == 20)
      #expect(books.results.allSatisfy { $0.position <= 3 })
      #expect(books.opened >= 7)
      #expect(books.replies[221] == books.opened)
    }
  }

  @Test("Large messages, more than the sockets hold, arrive whole")
  func large() async throws {
    try await TestServer.run(ServerScript()) { server in
      let books = try await Self.run(
        session(envelope + [sendMessage(3_000_000)]), at: server.address, sessions: 4, messages: 8)
      #expect(books.results.map(\.outcome) == Array(repeating: .accepted, count: 8))
      #expect(books.results.allSatisfy { $0.octets == 3_000_000 })
    }
  }

  @Test("A connection that ends while its session is parked is replaced without a loss")
  func closedWhileParked() async throws {
    let script = ServerScript(
      answers: [".": ["250 ok\r\n", .pause(20), "421 4.4.2 idle\r\n", .finish]])
    try await TestServer.run(script) { server in
      let books = try await Self.run(
        session(envelope + [sendMessage(100)]), at: server.address, messages: 2, parksAt: 1)
      #expect(books.results.map(\.outcome) == [.accepted, .accepted])
      #expect(books.opened == 2)
    }
  }

  @Test("A target that is not there ends the session with the reason")
  func refused() async throws {
    let address = try await TestServer.run(ServerScript()) { $0.address }
    let books = try await Self.run(Self.pipelined, at: address, sessions: 3, messages: 9)
    #expect(books.results.isEmpty)
    #expect(books.refused.count == 3)
    for ending in books.endings {
      guard case .setupFailed(.connect, 0, let reason) = ending else {
        Issue.record("\(ending)")
        continue
      }
      #expect(reason.contains("connection refused"))
    }
  }

  @Test("A reset in the middle loses one message and the session goes on")
  func reset() async throws {
    let script = ServerScript(answers: [".": [.reset]])
    try await TestServer.run(script) { server in
      let books = try await Self.run(
        session(envelope + [sendMessage(100)]), at: server.address, messages: 3)
      #expect(books.results.map(\.outcome) == [.lost, .lost, .lost])
      #expect(books.opened == 3)
      #expect(books.ends == [.reset, .reset, .reset])
    }
  }

  @Test("TLS under load: one context, full handshakes and resumed ones")
  func secure() async throws {
    let material = try SecureRunnerTests.Material(.implicit)
    try await TestServer.run(ServerScript(implicitTLS: material.server)) { server in
      let books = try await Self.run(
        session(envelope + [sendMessage(20_000)]), at: server.address, sessions: 3, messages: 30,
        perConnection: 4, tls: material.policy)
      #expect(books.results.map(\.outcome) == Array(repeating: .accepted, count: 30))
      #expect(books.phases[.tls] == books.opened)
    }
  }
}
