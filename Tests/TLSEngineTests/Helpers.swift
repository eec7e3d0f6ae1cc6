// SPDX-License-Identifier: Apache-2.0
//
// Client and server in memory: two embedded channels and a hand that carries octets between them,
// whole, in drips or not at all.

import NIOCore
import NIOEmbedded
import TLSEngine

/// Certificates that the tests share; making a key is the slowest thing they do.
struct Certificates: Sendable {
  let authorityPEM: [UInt8]
  let strangerPEM: [UInt8]
  let server: TLSIdentity
  let client: TLSIdentity
  let expired: TLSIdentity
  let future: TLSIdentity
  /// A client's certificate under an authority that nobody trusts.
  let stranger: TLSIdentity

  static let serverNames = ["relay.example", "*.wild.example", "127.0.0.1", "::1"]

  init() throws {
    let authority = try SelfSigned.Authority()
    let other = try SelfSigned.Authority(name: "Stranger")
    authorityPEM = authority.pem
    strangerPEM = other.pem
    server = try authority.issue(.init(names: Self.serverNames))
    client = try authority.issue(.init(names: ["client.example"]))
    expired = try authority.issue(
      .init(names: Self.serverNames, notBefore: -172_800, notAfter: -86_400))
    future = try authority.issue(
      .init(names: Self.serverNames, notBefore: 86_400, notAfter: 172_800))
    stranger = try other.issue(.init(names: ["client.example"]))
  }

  private static let made = Result { try Certificates() }

  static func shared() throws -> Certificates { try made.get() }

  /// A client that trusts the shared authority and asks for the server's first name.
  func clientSettings(
    _ change: (inout TLSClientSettings) -> Void = { _ in }
  ) -> TLSClientSettings {
    var settings = TLSClientSettings(
      serverName: "relay.example", trust: .pem(authorityPEM), verifyName: "relay.example")
    change(&settings)
    return settings
  }

  func serverSettings(
    _ change: (inout TLSServerSettings) -> Void = { _ in }
  ) -> TLSServerSettings {
    var settings = TLSServerSettings(identity: server)
    change(&settings)
    return settings
  }
}

/// The inside neighbour of a TLS handler: keeps all it is told, in order.
final class Witness: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private(set) var log: [String] = []
  private(set) var facts: TLSFacts?
  private(set) var error: TLSError?
  private(set) var clearText: [UInt8] = []
  private(set) var octetsBehind: [UInt8] = []
  private(set) var isInactive = false
  /// Called at each event, before the next one can come.
  var onEvent: ((TLSEvent, ChannelHandlerContext) -> Void)?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let octets = Array(unwrapInboundIn(data).readableBytesView)
    if log.last != "read" { log.append("read") }
    clearText += octets
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? TLSEvent else { return }
    switch event {
    case .handshakeCompleted(let facts):
      self.facts = facts
      log.append("completed")
    case .handshakeFailed(let error):
      self.error = error
      log.append("handshake failed")
    case .closeNotify: log.append("close_notify")
    case .truncated: log.append("truncated")
    case .failed(let error):
      self.error = error
      log.append("failed")
    case .octetsBehindCloseNotify(let octets):
      octetsBehind += Array(octets.readableBytesView)
      if log.last != "behind" { log.append("behind") }
    }
    onEvent?(event, context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    isInactive = true
    log.append("inactive")
  }
}

/// One end in memory.
final class End {
  let channel: EmbeddedChannel
  let handler: TLSHandler
  let witness = Witness()

  init(_ handler: TLSHandler) throws {
    self.handler = handler
    channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandlers(handler, witness)
  }

  func activate() throws {
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 25)).wait()
  }

  /// What waits to be carried to the peer.
  func outgoing() throws -> [ByteBuffer] {
    var buffers: [ByteBuffer] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { buffers.append(buffer) }
    return buffers
  }

  func receive(_ octets: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: octets)) }

  func write(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

  /// The peer's end of the connection is gone.
  func cut() { channel.close(promise: nil) }

  func finish() { _ = try? channel.finish(acceptAlreadyClosed: true) }
}

/// A client and a server.
struct Pair {
  let client: End
  let server: End
  /// How many octets are carried at a time; nil carries what there is.
  var drip: Int?

  init(
    _ client: TLSClientContext, _ server: TLSServerContext, peer: String = "relay:25",
    drip: Int? = nil
  ) throws {
    self.client = try End(TLSHandler(client: client, peer: peer))
    self.server = try End(TLSHandler(server: server))
    self.drip = drip
    try self.server.activate()
    try self.client.activate()
  }

  init(
    client: TLSClientSettings, server: TLSServerSettings, drip: Int? = nil
  ) throws {
    try self.init(TLSClientContext(client), TLSServerContext(server), drip: drip)
  }

  /// Carries octets until there are none left on either side.
  func carry() throws {
    while true {
      let toServer = try client.outgoing()
      let toClient = try server.outgoing()
      if toServer.isEmpty, toClient.isEmpty { return }
      try deliver(toServer, to: server)
      try deliver(toClient, to: client)
    }
  }

  private func deliver(_ buffers: [ByteBuffer], to end: End) throws {
    for var buffer in buffers {
      while end.channel.isActive, buffer.readableBytes > 0 {
        let count = min(drip ?? buffer.readableBytes, buffer.readableBytes)
        guard let slice = buffer.readSlice(length: count) else { break }
        try end.channel.writeInbound(slice)
      }
    }
  }

  func finish() {
    client.finish()
    server.finish()
  }
}

extension Pair {
  /// Runs a handshake of the two settings to its end and hands both ends to the body.
  static func run<Result>(
    client: TLSClientSettings, server: TLSServerSettings, drip: Int? = nil,
    _ body: (Pair) throws -> Result
  ) throws -> Result {
    let pair = try Pair(client: client, server: server, drip: drip)
    defer { pair.finish() }
    try pair.carry()
    return try body(pair)
  }
}
