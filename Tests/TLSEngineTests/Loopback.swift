// SPDX-License-Identifier: Apache-2.0
//
// Client and server over real sockets on the loopback: who listens, who connects, and a record of
// what each connection has seen. Every wait ends when the connection does.

import NIOCore
import NIOPosix
import TLSEngine

/// What a connection has seen from its beginning to its end.
struct Seen: Sendable {
  var log: [String] = []
  var facts: TLSFacts?
  var error: TLSError?
  var clearText: [UInt8] = []
}

/// The inside neighbour of a TLS handler: records, and acts as it is told.
final class Recorder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// What to do when something has been recorded.
  typealias Act = @Sendable (Seen, ChannelHandlerContext) -> Void

  /// What to do when the connection is there.
  typealias Opening = @Sendable (ChannelHandlerContext) -> Void

  private let act: Act
  private let opening: Opening
  private let end: EventLoopPromise<Seen>
  private var seen = Seen()

  init(
    end: EventLoopPromise<Seen>, act: @escaping Act, opening: @escaping Opening = { _ in }
  ) {
    self.end = end
    self.act = act
    self.opening = opening
  }

  func channelActive(context: ChannelHandlerContext) { opening(context) }

  private func note(_ word: String, _ context: ChannelHandlerContext) {
    if seen.log.last != word { seen.log.append(word) }
    act(seen, context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    seen.clearText += unwrapInboundIn(data).readableBytesView
    note("read", context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? TLSEvent else { return }
    switch event {
    case .handshakeCompleted(let facts):
      seen.facts = facts
      note("completed", context)
    case .handshakeFailed(let error), .failed(let error):
      seen.error = error
      note("failed", context)
    case .closeNotify: note("close_notify", context)
    case .truncated: note("truncated", context)
    case .octetsBehindCloseNotify: note("behind", context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    note("error", context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    seen.log.append("inactive")
    end.succeed(seen)
  }
}

/// A server for one connection on a port of the system's choice.
struct Listener: Sendable {
  let channel: any Channel
  /// What the first connection has seen, when it is over.
  let seen: EventLoopFuture<Seen>

  var port: Int { channel.localAddress?.port ?? 0 }

  /// Listens, hands a listener to the body and closes it after.
  ///
  /// - Parameter tls: The handlers of a connection before the recorder; none means clear text.
  static func run<Result>(
    _ tls: @escaping @Sendable () -> TLSHandler?, act: @escaping Recorder.Act,
    _ body: (Listener) async throws -> Result
  ) async throws -> Result {
    let group = MultiThreadedEventLoopGroup.singleton
    let end = group.next().makePromise(of: Seen.self)
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls = tls() { try channel.pipeline.syncOperations.addHandler(tls) }
          try channel.pipeline.syncOperations.addHandler(Recorder(end: end, act: act))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      let result = try await body(Listener(channel: channel, seen: end.futureResult))
      try await channel.close()
      return result
    } catch {
      end.fail(error)
      try await channel.close()
      throw error
    }
  }
}

/// Connects and says what the connection has seen, when it is over.
///
/// - Parameter opening: What the client does first.
func connect(
  port: Int, _ tls: @escaping @Sendable () -> TLSHandler?, autoRead: Bool = true,
  act: @escaping Recorder.Act, opening: @escaping Recorder.Opening = { _ in }
) async throws -> Seen {
  let group = MultiThreadedEventLoopGroup.singleton
  let end = group.next().makePromise(of: Seen.self)
  do {
    _ = try await ClientBootstrap(group: group)
      .channelOption(.autoRead, value: autoRead)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls = tls() { try channel.pipeline.syncOperations.addHandler(tls) }
          try channel.pipeline.syncOperations.addHandler(
            Recorder(end: end, act: act, opening: opening))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  } catch {
    end.fail(error)
    throw error
  }
  return try await end.futureResult.get()
}

extension ChannelHandlerContext {
  /// Writes text towards the wire.
  func send(_ text: String) {
    writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
  }
}
