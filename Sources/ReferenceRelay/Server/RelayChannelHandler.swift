// SPDX-License-Identifier: Apache-2.0
//
// One session on one channel: carries octets and times to the machine, and its steps to the channel.
// Decides nothing about mail.

import Glibc
import NIOCore
import TLSEngine

/// What the sessions of a running relay need of it.
struct RelayMeans: Sendable {
  var table: ConnectionTable
  var tls: TLSServerContext?
  /// The same for users, who have to know whom they call.
  var userTLS: TLSServerContext?
  /// What stands before TLS to answer certain hellos falsely.
  var forgery: HelloForgery?
  var keeper: MessageKeeper
  var started: RelayInstant
}

/// Tells a session that the relay is going down.
struct RelayShutdown: Sendable {}

/// Drives a session machine.
final class RelayChannelHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Beyond this a batch of replies gives its storage back.
  private static let keptCapacity = 1_024

  private let means: RelayMeans
  private let session: RelaySession
  private var output = RelayOutput()
  private var tlsHandler: TLSHandler?
  private var timer: Scheduled<Void>?
  private var timerDue = NIODeadline.distantFuture
  private var isHolding = false
  private var owesRead = false
  private var isReading = false
  private var owesFlush = false
  private var hasOpened = false
  private var inputIsClosed = false
  private var isLeaving = false

  init(
    _ service: RelayService, peer: RelayPeer, tally: RelayTally, means: RelayMeans,
    admission: ConnectionTable.Admission
  ) {
    self.means = means
    let refusal: RelayReply? =
      switch admission {
      case .admitted: nil
      case .tooMany: Replies.tooManySessions
      case .tooManyFromAddress: Replies.tooManySessionsFromAddress
      }
    session = RelaySession(
      service, peer: peer, tally: tally, started: means.started, refusal: refusal)
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { open(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    open(context)
  }

  private func open(_ context: ChannelHandlerContext) {
    guard !hasOpened else { return }
    hasOpened = true
    tell(context) { session, now, output in session.opened(at: now, into: &output) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    let octets = unwrapInboundIn(data)
    tell(context) { session, now, output in
      octets.withUnsafeReadableBytes { session.received($0, at: now, into: &output) }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    if owesFlush {
      owesFlush = false
      context.flush()
    }
  }

  func read(context: ChannelHandlerContext) {
    // While an answer waits its turn, the client's octets wait in the kernel.
    if isHolding { owesRead = true } else { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSEvent.handshakeCompleted(let facts):
      tell(context) { session, now, output in session.secured(facts, at: now, into: &output) }
    case TLSEvent.handshakeFailed:
      tell(context) { session, now, output in session.handshakeFailed(at: now, into: &output) }
    case TLSEvent.closeNotify, ChannelEvent.inputClosed: inputEnded(context)
    case TLSEvent.failed: context.close(promise: nil)
    case is RelayShutdown:
      tell(context) { session, now, output in session.shutDown(at: now, into: &output) }
    default: break
    }
  }

  private func inputEnded(_ context: ChannelHandlerContext) {
    inputIsClosed = true
    guard !session.isEnded else {
      context.close(promise: nil)
      return
    }
    tell(context) { session, now, output in session.inputEnded(at: now, into: &output) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    if !session.isEnded {
      tell(context) { session, now, output in session.inputEnded(at: now, into: &output) }
    }
  }

  // MARK: Steps

  /// Gives an event to the machine and does what it says.
  private func tell(
    _ context: ChannelHandlerContext,
    _ event: (RelaySession, RelayInstant, inout RelayOutput) -> Void
  ) {
    // Steps may bring further events, which need an output of their own.
    var output = RelayOutput()
    swap(&output, &self.output)
    event(session, RelayInstant(NIODeadline.now()), &output)
    if !output.octets.isEmpty { write(output.octets, context) }
    isHolding = if case .hold = output.step { true } else { false }
    take(output.step, context)
    output.clear()
    if output.octets.capacity > Self.keptCapacity { output.octets = [] }
    swap(&output, &self.output)
    if !isHolding, owesRead {
      owesRead = false
      context.read()
    }
    if context.channel.isActive { arm(context) }
  }

  private func write(_ octets: [UInt8], _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: octets)), promise: nil)
    if isReading { owesFlush = true } else { context.flush() }
  }

  private func take(_ step: RelayStep, _ context: ChannelHandlerContext) {
    switch step {
    case .read, .hold: break
    case .startTLS:
      flushNow(context)
      startTLS(context)
    case .store(let message): store(message, context)
    case .close(let manner):
      flushNow(context)
      close(manner, context)
    }
  }

  private func flushNow(_ context: ChannelHandlerContext) {
    owesFlush = false
    context.flush()
  }

  private func startTLS(_ context: ChannelHandlerContext) {
    guard let tls = session.service.role.isSubmission ? means.userTLS : means.tls else {
      context.close(promise: nil)
      return
    }
    let handler = TLSHandler(server: tls)
    tlsHandler = handler
    do {
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
      if let forgery = means.forgery {
        try context.pipeline.syncOperations.addHandler(HelloForger(forgery), position: .first)
      }
    } catch {
      context.fireErrorCaught(error)
      context.close(promise: nil)
    }
  }

  private func store(_ message: RelayMessage, _ context: ChannelHandlerContext) {
    isHolding = true
    means.keeper.keep(message, on: context.eventLoop).assumeIsolated().whenSuccess { isStored in
      self.finishStore(isStored, context)
    }
  }

  private func finishStore(_ isStored: Bool, _ context: ChannelHandlerContext) {
    tell(context) { session, now, output in session.stored(isStored, at: now, into: &output) }
  }

  private func close(_ manner: RelayClose, _ context: ChannelHandlerContext) {
    switch manner {
    case .orderly where isLeaving || inputIsClosed: context.close(promise: nil)
    case .orderly:
      isLeaving = true
      // The client's last octets are read before the end: a close on unread octets would be a reset,
      // and might overtake our last reply.
      context.close(mode: .output, promise: nil)
    case .withoutCloseNotify: cut(context)
    case .reset:
      // On the event loop this takes effect at once; where it fails the end is a plain one.
      _ = (context.channel as? any SocketOptionProvider)?
        .setSoLinger(linger(l_onoff: 1, l_linger: 0))
      cut(context)
    }
  }

  private func cut(_ context: ChannelHandlerContext) {
    if let tlsHandler {
      tlsHandler.closeWithoutNotify()
    } else {
      context.close(promise: nil)
    }
  }

  // MARK: Time

  /// Sees to it that the machine is woken at its deadline.
  ///
  /// A timer that is due earlier stays: what is put off again and again would cost a timer each
  /// time.
  private func arm(_ context: ChannelHandlerContext) {
    guard let deadline = session.deadline else { return }
    let due = NIODeadline.uptimeNanoseconds(UInt64(max(deadline.nanoseconds, 0)))
    guard due < timerDue else { return }
    timer?.cancel()
    timerDue = due
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
      self.timerDue = .distantFuture
      self.timer = nil
      guard context.channel.isActive else { return }
      self.tell(context) { session, now, output in session.timerFired(at: now, into: &output) }
    }
  }
}

@available(*, unavailable)
extension RelayChannelHandler: Sendable {}

extension RelayInstant {
  init(_ deadline: NIODeadline) {
    self.init(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds))
  }
}
