// SPDX-License-Identifier: Apache-2.0
//
// Proves that the relay sends on what it accepted: as a client towards its next hop, and as a queue.

import NIOCore
import NIOPosix
import SMTPWire
import Synchronization
import Testing

@testable import ReferenceRelay

@Suite struct ForwardSessionTests {
  private func copy(
    _ content: String = "a: b\r\n\r\n.c\r\n", to recipients: [String] = ["r@x"],
    isInternationalized: Bool = false
  ) -> RelayCopy {
    RelayCopy(
      sender: "s@x", recipients: recipients, trace: Array("Received: t\r\n".utf8),
      content: Array(content.utf8), isInternationalized: isInternationalized)
  }

  /// Plays the replies and gives what was written.
  private func play(_ session: inout ForwardSession, _ replies: [String]) -> [String] {
    replies.map { reply in
      var out: [UInt8] = []
      Array("\(reply)\r\n".utf8).withUnsafeBytes { session.received($0, into: &out) }
      return String(decoding: out, as: UTF8.self)
    }
  }

  @Test("A message goes on with its trace before it, stuffed, and is delivered with the final 250")
  func delivered() {
    var session = ForwardSession(copy(), hostName: "me")
    let lines = play(&session, ["220 x", "250 x", "250 ok", "250 ok", "354 go"])
    #expect(
      lines == [
        "EHLO me\r\n", "MAIL FROM:<s@x>\r\n", "RCPT TO:<r@x>\r\n", "DATA\r\n",
        "Received: t\r\na: b\r\n\r\n..c\r\n.\r\n",
      ])
    #expect(session.awaitsFinalReply && !session.isDecided)
    #expect(play(&session, ["250 taken"]) == ["QUIT\r\n"])
    #expect(session.fates == [0: .delivered] && session.isDecided && !session.isOver)
    #expect(play(&session, ["221 bye"]) == [""])
    #expect(session.isOver)
  }

  @Test("Each recipient has a fate of its own")
  func recipients() {
    var session = ForwardSession(copy(to: ["a@x", "b@x", "c@x"]), hostName: "me")
    _ = play(
      &session,
      ["220 x", "250 x", "250 ok", "550 no", "451 later", "250 ok", "354 go", "250 taken"])
    #expect(
      session.fates == [
        0: .refused("550 no\\r\\n"), 1: .deferred("451 later\\r\\n"), 2: .delivered,
      ]
    )
  }

  @Test(
    "4yz puts off, 5yz gives up, at whatever place",
    arguments: [
      ["421 busy"], ["220 x", "421 busy"], ["220 x", "250 x", "451 no"],
      ["220 x", "250 x", "250 ok", "451 no"], ["220 x", "250 x", "250 ok", "250 ok", "451 no"],
      ["220 x", "250 x", "250 ok", "250 ok", "354 go", "451 no"], ["hello"],
    ])
  func refusals(replies: [String]) {
    var session = ForwardSession(copy(), hostName: "me")
    _ = play(&session, replies)
    guard case .deferred? = session.fates[0] else {
      Issue.record("\(session.fates)")
      return
    }
    var final = ForwardSession(copy(), hostName: "me")
    _ = play(&final, replies.dropLast() + ["554 never"])
    #expect(final.fates == [0: .refused("554 never\\r\\n")])
  }

  @Test("Content that the next hop does not take is not sent to it")
  func extensions() {
    var eight = ForwardSession(copy("a: b\r\n\r\n\u{e9}\r\n"), hostName: "me")
    #expect(play(&eight, ["220 x", "250 x"]).last == "QUIT\r\n")
    #expect(eight.fates == [0: .refused("the next hop does not offer 8BITMIME")])
    var able = ForwardSession(copy("\u{e9}\r\n", isInternationalized: true), hostName: "me")
    #expect(
      play(&able, ["220 x", "250-x\r\n250-8BITMIME\r\n250 SMTPUTF8"]).last
        == "MAIL FROM:<s@x> BODY=8BITMIME SMTPUTF8\r\n")
  }

  @Test("A connection that is lost puts off whoever has no fate yet")
  func lost() {
    var session = ForwardSession(copy(to: ["a@x", "b@x"]), hostName: "me")
    _ = play(&session, ["220 x", "250 x", "250 ok", "550 no"])
    session.lose("gone")
    #expect(session.isOver)
    #expect(session.fates == [0: .refused("550 no\\r\\n"), 1: .deferred("gone")])
  }

  @Test("Replies without end are not read without end")
  func endless() {
    var session = ForwardSession(copy(), hostName: "me")
    var out: [UInt8] = []
    let line = Array("220-x\r\n".utf8)
    for _ in 0..<1_000_000 where !session.isOver {
      line.withUnsafeBytes { session.received($0, into: &out) }
    }
    #expect(session.isOver && out.isEmpty)
  }
}

@Suite(.timeLimit(.minutes(1))) struct ForwarderTests {
  /// A sink, a relay before it, and the messages that came.
  private func with(
    rules: [RelayRule] = [], retries: [Duration] = [.zero, .zero],
    isOpen: Bool = true, _ body: (ReferenceRelay, Received) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let board = RelayRuleBoard()
    board.hang(rules)
    let received = Received()
    let sink = try await ReferenceRelay.start(
      .sink(board: board, note: { _ in }) { received.add($0) },
      listeners: [RelayListener(role: .relay)], group: group)
    var configuration = RelayConfiguration(tls: nil, note: { received.note($0) })
    configuration.nextHop = RelayNextHop(
      host: "127.0.0.1", port: sink.endpoints[0].port ?? 0, retries: retries)
    let relay = try await ReferenceRelay.start(
      configuration, listeners: [RelayListener(role: .relay)], group: group)
    if !isOpen { await sink.stop() }
    do {
      try await body(relay, received)
    } catch {
      await relay.stop()
      await sink.stop()
      throw error
    }
    await relay.stop()
    await sink.stop()
  }

  /// What came to the sink.
  private final class Received: Sendable {
    private let state = Mutex<(messages: [RelayMessage], notes: [String])>(([], []))
    func add(_ message: RelayMessage) -> Bool {
      state.withLock { $0.messages.append(message) }
      return true
    }
    func note(_ line: String) { state.withLock { $0.notes.append(line) } }
    var messages: [RelayMessage] { state.withLock { $0.messages } }
    var notes: [String] { state.withLock { $0.notes } }
  }

  /// Hands a message to the relay, as another relay would.
  private func submit(to relay: ReferenceRelay) async throws {
    let copy = RelayCopy(
      sender: "s@x.test", recipients: ["user1@relaymark.test"], trace: [],
      content: Array("Subject: a\r\n\r\n.b\r\n".utf8), isInternationalized: false)
    let fates = try await withCheckedThrowingContinuation { continuation in
      ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              ForwardHandler(
                copy, hostName: "client.test", hop: RelayNextHop(host: "", port: 0)
              ) { continuation.resume(returning: $0) })
          }
        }
        .connect(host: "127.0.0.1", port: relay.endpoints[0].port ?? 0)
        .whenFailure { continuation.resume(throwing: $0) }
    }
    #expect(fates == [0: .delivered])
  }

  private func wait(until holds: () -> Bool) async throws {
    while !holds() { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test("A message comes to the next hop with Received before it, its octets unchanged")
  func forwards() async throws {
    try await with { relay, received in
      try await submit(to: relay)
      try await wait { relay.counters().forwarded == 1 }
      let message = try #require(received.messages.first)
      #expect(message.sender == "s@x.test" && message.recipients == ["user1@relaymark.test"])
      let text = String(decoding: message.content, as: UTF8.self)
      #expect(text.hasPrefix("Received: from client.test ([127.0.0.1])\r\n\tby relay."))
      #expect(text.contains(" for <user1@relaymark.test>; "))
      #expect(text.hasSuffix("+0000\r\nSubject: a\r\n\r\n.b\r\n"))
    }
  }

  @Test("4yz and lost connections are tried again, and nothing comes twice")
  func retries() async throws {
    let rules = [
      RelayRule(at: .rcpt, .reply(RelayReply(451, "4.3.0", "later")), times: 1),
      RelayRule(at: .data, .reset, times: 1),
    ]
    try await with(rules: rules) { relay, received in
      try await submit(to: relay)
      try await wait { relay.counters().forwarded == 1 }
      #expect(received.messages.count == 1)
      #expect(relay.counters().deferrals == 2 && relay.counters().dropped == 0)
    }
  }

  @Test("What is refused for good, or too often, is dropped, counted and told")
  func dropped() async throws {
    for code: UInt16 in [451, 550] {
      try await with(
        rules: [RelayRule(at: .message, .reply(RelayReply(code, nil, "no")))]
      ) { relay, received in
        try await submit(to: relay)
        try await wait { relay.counters().dropped == 1 }
        #expect(received.messages.isEmpty && relay.counters().forwarded == 0)
        #expect(relay.counters().deferrals == (code == 451 ? 2 : 0))
        #expect(
          received.notes.contains { $0.contains("was not forwarded: <user1@relaymark.test>") })
      }
    }
  }

  @Test("A relay that stops drops what waits, and does not wait for the next hop")
  func stops() async throws {
    try await with(retries: [.seconds(3_600)], isOpen: false) { relay, received in
      try await submit(to: relay)
      try await wait { relay.counters().deferrals == 1 }
      await relay.stop()
      #expect(relay.counters().dropped == 1)
      #expect(received.notes.contains { $0.contains("1 message dropped: the relay stops") })
    }
  }

  @Test("A full queue refuses further messages with 451")
  func full() {
    var hop = RelayNextHop(host: "127.0.0.1", port: 1)
    hop.waiting = 0
    let forwarder = Forwarder(
      hop, RelayConfiguration(note: { _ in }), group: MultiThreadedEventLoopGroup.singleton)
    var message = RelayMessage(
      id: "1", sender: "", recipients: ["a@b"], content: [],
      trace: RelayTrace(
        clientName: "a", clientAddress: nil, hostName: "b", transmission: "SMTP", cipher: nil,
        time: 0))
    message.copies = [TraceFields.forwarded(message)]
    #expect(!forwarder.take(message))
  }
}
