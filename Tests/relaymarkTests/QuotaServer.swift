// SPDX-License-Identifier: Apache-2.0
//
// A server that takes so many messages on a connection and then says 421 unasked: directly behind its
// last reply, or when the client has gone quiet.

import NIOCore
import NIOPosix
import Synchronization

/// What the server has seen.
final class QuotaCounts: Sendable {
  let connections = Atomic<Int>(0)
  let accepted = Atomic<Int>(0)
}

/// Runs the body against the server on a loopback port.
///
/// - Parameters:
///   - limit: Messages on one connection.
///   - delay: From the last reply to 421; nil: both go out together.
///   - turnedAway: Called on the server's loop with every 421.
func withQuotaServer<Result>(
  limit: Int, delay: TimeAmount?,
  turnedAway: @escaping @Sendable (any EventLoop) -> Void = { _ in },
  _ body: (Int, QuotaCounts) async throws -> Result
) async throws -> Result {
  let counts = QuotaCounts()
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let server = try await ServerBootstrap(group: group)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          QuotaHandler(limit: limit, delay: delay, counts: counts, turnedAway: turnedAway))
      }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  do {
    let result = try await body(server.localAddress?.port ?? 0, counts)
    try await server.close()
    try await group.shutdownGracefully()
    return result
  } catch {
    try await server.close()
    try await group.shutdownGracefully()
    throw error
  }
}

private final class QuotaHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let limit: Int
  private let delay: TimeAmount?
  private let counts: QuotaCounts
  private let turnedAway: @Sendable (any EventLoop) -> Void
  private var taken = 0
  private var input = ""
  private var isInData = false

  init(
    limit: Int, delay: TimeAmount?, counts: QuotaCounts,
    turnedAway: @escaping @Sendable (any EventLoop) -> Void
  ) {
    self.limit = limit
    self.delay = delay
    self.counts = counts
    self.turnedAway = turnedAway
  }

  func channelActive(context: ChannelHandlerContext) {
    counts.connections.add(1, ordering: .relaxed)
    say("220 quota.example ESMTP\r\n", context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    input += String(buffer: unwrapInboundIn(data))
    while let end = input.firstRange(of: "\r\n") {
      let line = String(input[..<end.lowerBound])
      input.removeSubrange(..<end.upperBound)
      take(line, context)
    }
  }

  private func take(_ line: String, _ context: ChannelHandlerContext) {
    if isInData {
      guard line == "." else { return }
      isInData = false
      taken += 1
      counts.accepted.add(1, ordering: .relaxed)
      if taken == limit { turnAway(context) } else { say("250 taken\r\n", context) }
    } else if line == "DATA" {
      isInData = true
      say("354 go on\r\n", context)
    } else {
      say(line == "QUIT" ? "221 bye\r\n" : "250 ok\r\n", context)
    }
  }

  private func turnAway(_ context: ChannelHandlerContext) {
    let notice = "421 4.7.0 enough\r\n"
    guard let delay else {
      say("250 taken\r\n" + notice, context)
      return leave(context)
    }
    say("250 taken\r\n", context)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: delay) {
      let (handler, context) = bound.value
      handler.say(notice, context)
      handler.leave(context)
    }
  }

  private func leave(_ context: ChannelHandlerContext) {
    turnedAway(context.eventLoop)
    context.close(promise: nil)
  }

  private func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(
      wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
