// SPDX-License-Identifier: Apache-2.0
//
// One connection to the next hop: carries octets and times to the machine. Decides nothing.

import NIOCore

/// Drives a forwarding machine.
final class ForwardHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Time for the goodbye, which decides nothing.
  private static let farewell = TimeAmount.seconds(2)

  private var session: ForwardSession
  private let hop: RelayNextHop
  private var timer: Scheduled<Void>?
  /// Told once, with the fate of every recipient.
  private var report: (([Int: ForwardSession.Fate]) -> Void)?

  init(
    _ copy: RelayCopy, hostName: String, hop: RelayNextHop,
    report: @escaping ([Int: ForwardSession.Fate]) -> Void
  ) {
    session = ForwardSession(copy, hostName: hostName)
    self.hop = hop
    self.report = report
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { wait(context) }
  }

  func channelActive(context: ChannelHandlerContext) { wait(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var out: [UInt8] = []
    unwrapInboundIn(data).withUnsafeReadableBytes { session.received($0, into: &out) }
    if !out.isEmpty {
      context.writeAndFlush(
        wrapOutboundOut(context.channel.allocator.buffer(bytes: out)), promise: nil)
    }
    wait(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(context, "the connection to the next hop ended")
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(context, "the connection to the next hop was lost: \(error)")
  }

  private func end(_ context: ChannelHandlerContext, _ reason: String) {
    session.lose(reason)
    wait(context)
  }

  /// Tells what is decided, and sees to it that the next reply is not waited for without end.
  private func wait(_ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    if session.isDecided, let report {
      self.report = nil
      report(session.fates)
    }
    guard !session.isOver else {
      context.close(promise: nil)
      return
    }
    let limit =
      session.isDecided
      ? Self.farewell : TimeAmount(session.awaitsFinalReply ? hop.finalReply : hop.reply)
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
      self.end(context, "the next hop does not answer")
    }
  }
}

@available(*, unavailable)
extension ForwardHandler: Sendable {}
