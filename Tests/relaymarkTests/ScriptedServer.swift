// SPDX-License-Identifier: Apache-2.0
//
// Servers that are no relay: one that says nothing, one that talks garbage, one that resets.

import Glibc
import NIOCore
import NIOPosix

/// What a bad server does with a connection.
enum BadManners: String, Sendable, CaseIterable {
  /// Accepts and never says a word.
  case silence
  /// Speaks HTTP.
  case garbage
  /// Octets without a line end, for ever.
  case flood
  /// RST as soon as there is a connection.
  case reset
  /// FIN as soon as there is a connection.
  case close
  /// A greeting, then RST at the first command.
  case resetAtHello
  /// Greets with 421 and closes.
  case busy
  /// 250 to everything, the greeting included.
  case yes
  /// 421 to everything, the greeting included, and stays.
  case alwaysBusy

  /// Those that never let a session begin.
  static let hopeless = allCases.filter { $0 != .yes }
}

/// Runs the body against a bad server on a loopback port.
///
/// - Parameter connected: Called for every connection, on the server's loop.
func withServer<Result>(
  _ manners: BadManners, connected: @escaping @Sendable () -> Void = {},
  _ body: (Int) async throws -> Result
) async throws -> Result {
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let server = try await ServerBootstrap(group: group)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          BadServerHandler(manners, connected: connected))
      }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  do {
    let result = try await body(server.localAddress?.port ?? 0)
    try await server.close()
    try await group.shutdownGracefully()
    return result
  } catch {
    try await server.close()
    try await group.shutdownGracefully()
    throw error
  }
}

/// A port on which nobody listens.
func unusedPort() async throws -> Int {
  try await withServer(.close) { $0 }
}

private final class BadServerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let manners: BadManners

  private let connected: @Sendable () -> Void

  init(_ manners: BadManners, connected: @escaping @Sendable () -> Void) {
    self.manners = manners
    self.connected = connected
  }

  func channelActive(context: ChannelHandlerContext) {
    connected()
    switch manners {
    case .silence: break
    case .garbage: say("HTTP/1.1 400 Bad Request\r\nConnection: keep-alive\r\n\r\n", context)
    case .flood: flood(context)
    case .reset: reset(context)
    case .close: context.close(promise: nil)
    case .resetAtHello: say("220 bad.example ESMTP\r\n", context)
    case .busy:
      say("421 4.3.2 too busy\r\n", context)
      context.close(promise: nil)
    case .yes: say("250 yes\r\n", context)
    case .alwaysBusy: say("421 4.3.2 too busy\r\n", context)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch manners {
    case .resetAtHello: reset(context)
    case .yes: answer(unwrapInboundIn(data), with: "250 yes\r\n", context)
    case .alwaysBusy: answer(unwrapInboundIn(data), with: "421 4.3.2 too busy\r\n", context)
    default: break
    }
  }

  /// One reply to each line, whatever it says.
  private func answer(_ input: ByteBuffer, with reply: String, _ context: ChannelHandlerContext) {
    for octet in input.readableBytesView where octet == 0x0A { say(reply, context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(
      wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
  }

  /// Writes as fast as the client reads, until it goes away.
  private func flood(_ context: ChannelHandlerContext) {
    let portion = ByteBuffer(repeating: UInt8(ascii: "A"), count: 65_536)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(portion)).whenSuccess {
      let (handler, context) = bound.value
      handler.flood(context)
    }
  }

  private func reset(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    guard let provider = context.channel as? any SocketOptionProvider else {
      return context.close(promise: nil)
    }
    provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
      bound.value.close(promise: nil)
    }
  }
}
