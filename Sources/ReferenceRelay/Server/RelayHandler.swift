// SPDX-License-Identifier: Apache-2.0
//
// Drives one session on a SwiftNIO channel: octets in, octets out, and the machine's steps done. Allocates
// nothing per command: one output per event loop, one timer per connection, armed late.

import Glibc
import NIOCore
import TLSEngine

/// What all connections of one relay share.
final class RelayServer: Sendable {
  let table: ConnectionTable
  let context: TLSServerContext?
  let store: StoreQueue?
  let clock: @Sendable () -> RelayInstant

  init(
    table: ConnectionTable, context: TLSServerContext?, store: StoreQueue?,
    clock: @escaping @Sendable () -> RelayInstant
  ) {
    self.table = table
    self.context = context
    self.store = store
    self.clock = clock
  }
}

/// The handler of one connection.
final class RelayHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let server: RelayServer
  private let environment: RelayEnvironment
  private let tally: RelayTally
  private var session: RelaySession?
  private var output = RelayOutput()
  private var address: String?
  private var isAdmitted = false
  private var isClosing = false
  private var hasBegun = false
  private var isRefused: RelayReply?
  private var timer: Scheduled<Void>?
  private var timerDue = RelayInstant(nanoseconds: .max)
  private var tls: TLSHandler?
  private var isReading = true
  private var waitsForDrain = false

  init(server: RelayServer, environment: RelayEnvironment, tally: RelayTally) {
    self.server = server
    self.environment = environment
    self.tally = tally
  }

  // MARK: Channel

  func channelActive(context: ChannelHandlerContext) {
    address = context.remoteAddress?.ipAddress
    let (admission, number) = server.table.enter(from: address)
    isAdmitted = admission == .admitted
    switch admission {
    case .admitted: break
    case .tooMany: isRefused = RelayReply(421, nil, "Too many connections, try again later")
    case .tooManyFromAddress:
      isRefused = RelayReply(421, nil, "Too many connections from your address")
    }
    let peer = RelayPeer(
      address: address, localAddress: context.localAddress?.ipAddress, number: number)
    session = RelaySession(
      environment: environment, peer: peer, tally: tally, at: server.clock())
    if environment.role.isImplicitTLS {
      startTLS(context)
    } else {
      begin(context)
    }
    if session != nil { arm(context) }
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard let session, !hasBegun else { return }
    hasBegun = true
    if let refusal = isRefused {
      session.refuse(refusal, into: &output)
    } else {
      session.begin(at: server.clock(), into: &output)
    }
    perform(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session, !isClosing else { return }
    let buffer = unwrapInboundIn(data)
    let now = server.clock()
    buffer.withUnsafeReadableBytes { session.receive($0, at: now, into: &output) }
    perform(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as TLSEvent: handle(event, context)
    case ChannelEvent.inputClosed:
      if let message = session?.clientEnded() { server.store?.keep(message) }
      close(context)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func handle(_ event: TLSEvent, _ context: ChannelHandlerContext) {
    switch event {
    case .handshakeCompleted(let facts):
      guard let session else { return }
      session.secured(facts, at: server.clock(), into: &output)
      if hasBegun { perform(context) } else { begin(context) }
    case .handshakeFailed:
      tally.handshakesFailed.add()
      context.close(promise: nil)
    case .closeNotify, .truncated, .failed, .octetsBehindCloseNotify:
      if let message = session?.clientEnded() { server.store?.keep(message) }
      close(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    if let message = session?.clientEnded() { server.store?.keep(message) }
    session = nil
    if isAdmitted {
      isAdmitted = false
      server.table.leave(from: address)
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    // A client that does not read its replies is not read either.
    setReading(context.channel.isWritable && !waitsForDrain, context)
    context.fireChannelWritabilityChanged()
  }

  // MARK: Steps

  private func perform(_ context: ChannelHandlerContext) {
    if !output.octets.isEmpty, !isClosing {
      var buffer = context.channel.allocator.buffer(capacity: output.octets.count)
      buffer.writeBytes(output.octets)
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
    let step = output.step
    output.clear()
    switch step {
    case .read: hold(false, context)
    case .hold: hold(true, context)
    case .startTLS: startTLS(context)
    case .store(let message):
      hold(true, context)
      store(message, context)
    case .close(let manner): close(manner, context)
    }
    arm(context)
  }

  private func hold(_ holds: Bool, _ context: ChannelHandlerContext) {
    guard holds != waitsForDrain else { return }
    waitsForDrain = holds
    setReading(!holds && context.channel.isWritable, context)
  }

  private func setReading(_ reads: Bool, _ context: ChannelHandlerContext) {
    guard reads != isReading else { return }
    isReading = reads
    context.channel.setOption(.autoRead, value: reads).whenFailure { _ in }
  }

  private func startTLS(_ context: ChannelHandlerContext) {
    guard let tlsContext = server.context else { return context.close(promise: nil) }
    let handler = TLSHandler(server: tlsContext)
    tls = handler
    do {
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
    } catch {
      context.close(promise: nil)
    }
  }

  private func store(_ message: RelayMessage, _ context: ChannelHandlerContext) {
    guard let store = server.store else { return finishStore(false, context) }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    store.put(message, on: context.eventLoop).whenComplete { result in
      let (handler, context) = bound.value
      if case .success = result {
        handler.finishStore(true, context)
      } else {
        handler.finishStore(false, context)
      }
    }
  }

  private func finishStore(_ succeeded: Bool, _ context: ChannelHandlerContext) {
    guard let session else { return }
    session.stored(succeeded, at: server.clock(), into: &output)
    perform(context)
  }

  // MARK: Closing

  private func close(_ manner: RelayClose, _ context: ChannelHandlerContext) {
    guard !isClosing else { return }
    isClosing = true
    switch manner {
    case .orderly: lingeringClose(context)
    case .withoutCloseNotify:
      if let tls { tls.closeWithoutNotify() } else { context.close(promise: nil) }
    case .reset:
      resetOnClose(context)
      context.close(promise: nil)
    }
  }

  /// Makes the kernel end the connection with RST (SO_LINGER of zero seconds).
  private func resetOnClose(_ context: ChannelHandlerContext) {
    guard let provider = context.channel as? any SocketOptionProvider else { return }
    provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
  }

  /// Sends FIN and goes on reading for a while: a close with unread input would become a reset, which
  /// eats the last reply.
  private func lingeringClose(_ context: ChannelHandlerContext) {
    setReading(true, context)
    if tls != nil { return context.close(promise: nil) }
    context.close(mode: .output, promise: nil)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let farewell = environment.configuration.limits.farewell
    context.eventLoop.scheduleTask(in: .nanoseconds(farewell.relayNanoseconds)) {
      bound.value.close(promise: nil)
    }
  }

  private func close(_ context: ChannelHandlerContext) {
    isClosing = true
    context.close(promise: nil)
  }

  // MARK: Time

  /// Sees to it that the machine is woken in time.
  ///
  /// A later deadline leaves the timer alone: it will look again when it fires.
  private func arm(_ context: ChannelHandlerContext) {
    guard let session, !isClosing else { return }
    let deadline = session.deadline
    guard deadline < timerDue else { return }
    timer?.cancel()
    timerDue = deadline
    let delay = max(deadline.nanoseconds - server.clock().nanoseconds, 0)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: .nanoseconds(delay)) {
      let (handler, context) = bound.value
      handler.timerFired(context)
    }
  }

  private func timerFired(_ context: ChannelHandlerContext) {
    timerDue = RelayInstant(nanoseconds: .max)
    guard let session, !isClosing else { return }
    session.woken(at: server.clock(), into: &output)
    perform(context)
  }
}
