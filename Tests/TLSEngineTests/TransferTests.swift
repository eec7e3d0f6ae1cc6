// SPDX-License-Identifier: Apache-2.0
//
// Clear text through TLS: order, promises, bounds, sizes.

import NIOCore
import NIOEmbedded
import TLSEngine
import Testing

struct TransferTests {
  private func octets(_ count: Int, seed: Int = 1) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 131) ^ ($0 >> 8) &+ seed) }
  }

  private func open(
    client: (inout TLSClientSettings) -> Void = { _ in }, drip: Int? = nil,
    _ body: (Pair) throws -> Void
  ) throws {
    let certificates = try Certificates.shared()
    try Pair.run(
      client: certificates.clientSettings(client), server: certificates.serverSettings(),
      drip: drip, body)
  }

  @Test("1 MiB arrives as it was sent, both ways", arguments: TLSVersion.allCases)
  func mebibyte(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = version }
    let server = certificates.serverSettings { $0.minimum = .tls1_0 }
    try Pair.run(client: client, server: server) { pair in
      let up = octets(1 << 20)
      let down = octets(1 << 20, seed: 77)
      let sent = pair.client.channel.writeAndFlush(ByteBuffer(bytes: up))
      pair.server.channel.writeAndFlush(ByteBuffer(bytes: down), promise: nil)
      try pair.carry()
      try sent.wait()
      #expect(pair.server.witness.clearText == up)
      #expect(pair.client.witness.clearText == down)
    }
  }

  @Test("Record borders may fall anywhere", arguments: [1, 2, 5, 1_447, 16_384, 16_406, 65_536])
  func drips(_ drip: Int) throws {
    try open(drip: drip) { pair in
      let sent = octets(drip < 100 ? 20_000 : 200_000)
      pair.client.channel.writeAndFlush(ByteBuffer(bytes: sent), promise: nil)
      try pair.carry()
      #expect(pair.server.witness.clearText == sent)
    }
  }

  @Test("Many writes and one flush leave in one write, in order, with every promise kept")
  func oneWriteAFlush() throws {
    try open { pair in
      let writes = (0..<10).map { index in
        pair.client.channel.write(ByteBuffer(string: "line \(index)\r\n"))
      }
      let empty = pair.client.channel.write(ByteBuffer())
      #expect(try pair.client.outgoing().isEmpty)
      pair.client.channel.flush()
      for write in writes + [empty] { try write.wait() }
      let sent = try pair.client.outgoing()
      #expect(sent.count == 1)
      for octets in sent { try pair.server.channel.writeInbound(octets) }
      let expected = (0..<10).map { "line \($0)\r\n" }.joined()
      #expect(pair.server.witness.clearText == Array(expected.utf8))
    }
  }

  @Test("An empty write completes without a record")
  func emptyWrite() throws {
    try open { pair in
      let written = pair.client.channel.writeAndFlush(ByteBuffer())
      try written.wait()
      #expect(try pair.client.outgoing().reduce(0) { $0 + $1.readableBytes } == 0)
    }
  }

  @Test("What was written before and during the handshake is sent after it, in order")
  func earlyWrites() throws {
    let certificates = try Certificates.shared()
    let pair = try Pair(
      client: certificates.clientSettings(), server: certificates.serverSettings())
    defer { pair.finish() }
    let first = pair.client.channel.write(ByteBuffer(string: "one "))
    pair.client.channel.flush()
    let unflushed = pair.client.channel.write(ByteBuffer(string: "two"))
    pair.client.witness.onEvent = { event, context in
      guard case .handshakeCompleted = event else { return }
      context.write(NIOAny(ByteBuffer(string: " three")), promise: nil)
    }
    try pair.carry()
    try first.wait()
    #expect(pair.server.witness.clearText == Array("one ".utf8))
    pair.client.channel.flush()
    try unflushed.wait()
    try pair.carry()
    #expect(pair.server.witness.clearText == Array("one two three".utf8))
  }

  @Test("More octets before the handshake than are kept break it, loudly")
  func queueLimit() throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(client: TLSClientContext(certificates.clientSettings())))
    defer { end.finish() }
    try end.activate()
    let kept = end.channel.writeAndFlush(
      ByteBuffer(repeating: 0x41, count: TLSHandler.queueLimit))
    let refused = end.channel.writeAndFlush(ByteBuffer(repeating: 0x41, count: 1))
    #expect(throws: TLSError.self) { try kept.wait() }
    let error = #expect(throws: TLSError.self) { try refused.wait() }
    #expect(error?.code == .queueFull)
    #expect(end.witness.error?.code == .queueFull)
    #expect(end.witness.log == ["handshake failed", "inactive"])
  }

  @Test("A write fails when the connection ends before its flush")
  func unflushedWrite() throws {
    try open { pair in
      let written = pair.client.channel.write(ByteBuffer(string: "never"))
      pair.client.channel.close(promise: nil)
      let error = #expect(throws: TLSError.self) { try written.wait() }
      #expect(error?.code == .closed)
      let late = pair.client.channel.writeAndFlush(ByteBuffer(string: "late"))
      #expect(throws: (any Error).self) { try late.wait() }
      try pair.carry()
      #expect(pair.server.witness.clearText.isEmpty)
    }
  }

  @Test("Clear text may be written from inside a read")
  func echo() throws {
    try open { pair in
      final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
          context.writeAndFlush(data, promise: nil)
          context.fireChannelRead(data)
        }
      }
      try pair.server.channel.pipeline.syncOperations.addHandler(
        Echo(), position: .after(pair.server.handler))
      for text in ["one", "two", "three"] { pair.client.write(text) }
      try pair.carry()
      #expect(pair.client.witness.clearText == Array("onetwothree".utf8))
    }
  }

  @Test("What is written in the middle of a ticket waits for the ticket's end")
  func writeInsideTicket() throws {
    let certificates = try Certificates.shared()
    // A ticket that carries the client's certificate does not fit into one record.
    let client = certificates.clientSettings { $0.identity = certificates.client }
    let server = certificates.serverSettings {
      $0.clientCertificates = .require(.pem(certificates.authorityPEM))
      $0.recordLimit = 512
    }
    let pair = try Pair(client: client, server: server)
    defer { pair.finish() }
    for octets in try pair.client.outgoing() { try pair.server.channel.writeInbound(octets) }
    for octets in try pair.server.outgoing() { try pair.client.channel.writeInbound(octets) }
    for octets in try pair.client.outgoing() { try pair.server.channel.writeInbound(octets) }
    var tickets: [UInt8] = []
    for octets in try pair.server.outgoing() { tickets += Array(octets.readableBytesView) }
    #expect(tickets.count > 1_024)
    var sent: [UInt8] = []
    var hadToWait = false
    for octet in tickets {
      try pair.client.receive([octet])
      sent.append(UInt8(truncatingIfNeeded: sent.count))
      pair.client.channel.writeAndFlush(ByteBuffer(bytes: sent.suffix(1)), promise: nil)
      let records = try pair.client.outgoing()
      if records.isEmpty { hadToWait = true }
      for record in records { try pair.server.channel.writeInbound(record) }
    }
    #expect(hadToWait)
    #expect(pair.server.witness.clearText == sent)
    #expect(pair.client.witness.log == ["completed"])
  }

  @Test("A limit for records holds, and one that OpenSSL does not know is refused")
  func recordLimit() throws {
    try open(client: { $0.recordLimit = 512 }) { pair in
      pair.client.write(String(repeating: "x", count: 5_120))
      let sent = try pair.client.outgoing()
      // Header, content type and tag: 22 octets more for each record.
      #expect(sent.map(\.readableBytes) == [10 * (512 + 22)])
    }
    for limit in [0, 511, 16_385] {
      #expect(throws: TLSError.self) { try TLSClientContext(.init(recordLimit: limit)) }
    }
  }
}
