// SPDX-License-Identifier: Apache-2.0
//
// TLS in a channel's pipeline: octets of the wire on the outside, clear text on the inside, events
// for what happens to TLS. Knows no SMTP; when TLS starts and ends is its owner's move.

package import NIOCore

/// Speaks TLS over a channel, as client or server.
///
/// Add it as the first handler. On an active channel it starts at once, which is what STARTTLS
/// needs: octets that came before it was added never reach it, so whoever adds it holds what lies
/// behind the reply to STARTTLS in clear text, and reports it (RFC 3207 section 4). The other way
/// round nothing is lost either: octets behind the peer's close_notify come as
/// ``TLSEvent/octetsBehindCloseNotify(_:)``.
///
/// ```
/// phase        octets come             write and flush          close(mode: .all)
/// waiting      none can                kept for later           passed on
/// handshaking  go to the handshake     kept for later           passed on
/// open         become clear text       become records           close_notify, then passed on
/// ending       dropped                 refused                  passed on at once
/// over         dropped                 refused                  passed on
/// ```
///
/// What it tells and when is in ``TLSEvent``. Writability, errors and what else it does not name
/// passes through unchanged. All members belong to the channel's event loop.
package final class TLSHandler: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer
  package typealias OutboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  /// How many octets may be written while TLS cannot take them, before the end of the handshake
  /// above all.
  ///
  /// One more breaks the connection, for a hole in the stream would be worse.
  package static let queueLimit = 1 << 20
  /// How long a close waits for the channel to take what was written before it; as long as an
  /// impatient client waits for the reply to QUIT.
  package static let closeLimit = TimeAmount.seconds(5)

  private enum Phase { case waiting, handshaking, open, ending, over }

  private let shared: SharedContext
  private let sessionKey: String
  private let resumes: Bool
  private var connection: TLSConnection?
  private var context: ChannelHandlerContext?
  private var phase = Phase.waiting
  private var queue = WriteQueue()
  private var isProcessing = false
  private var inputHasEnded = false
  /// The owner has asked for clear text and got none since.
  private var owesRead = false
  private var octetsReceived = 0
  private var lastError: String?

  /// A client.
  ///
  /// - Parameters:
  ///   - peer: Whose sessions may be resumed, `host:port`.
  ///   - resumes: Whether an earlier session is offered, if there is one.
  package init(client: TLSClientContext, peer: String = "", resumes: Bool = true) {
    shared = client.shared
    sessionKey = peer
    self.resumes = resumes
  }

  /// A server.
  package init(server: TLSServerContext) {
    shared = server.shared
    sessionKey = ""
    resumes = false
  }

  // MARK: The owner's moves

  /// Keying material that both sides share and nobody else, RFC 8446 section 7.5 and RFC 5705.
  ///
  /// - Returns: Nil before the end of the handshake and after the handler was removed.
  package func exporter(label: String, context: [UInt8]?, length: Int) -> [UInt8]? {
    connection?.exporter(label: label, context: context, length: length)
  }

  /// Sends close_notify and leaves the TCP connection open.
  ///
  /// Writes that were not flushed fail, and so do later ones; to go on in clear text remove the
  /// handler. What the peer still sends over TLS is read.
  ///
  /// - Returns: False where TLS is not open; nothing is sent then.
  @discardableResult
  package func sendCloseNotify() -> Bool {
    guard phase == .open, let connection, let context else { return false }
    guard connection.closeNotify() else { return false }
    failQueue(TLSError(.closed))
    send(context)
    return true
  }

  /// Closes the TCP connection without close_notify, as a peer sees it that is cut off.
  package func closeWithoutNotify(promise: EventLoopPromise<Void>? = nil) {
    guard let context else {
      promise?.fail(ChannelError.alreadyClosed)
      return
    }
    leave(context, mode: .all, promise: promise)
  }

  // MARK: Life in the pipeline

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { start(context) }
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    phase = .over
    connection = nil
    self.context = nil
    failQueue(TLSError(.closed))
  }

  package func channelActive(context: ChannelHandlerContext) {
    start(context)
    context.fireChannelActive()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    inputEnded(context)
    phase = .over
    failQueue(TLSError(.closed))
    context.fireChannelInactive()
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    lastError = "\(error)"
    context.fireErrorCaught(error)
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { inputEnded(context) }
    context.fireUserInboundEventTriggered(event)
  }

  private func start(_ context: ChannelHandlerContext) {
    guard phase == .waiting else { return }
    phase = .handshaking
    do throws(TLSError) {
      connection = try TLSConnection(
        shared, sessionKey: sessionKey, resumes: resumes, allocator: context.channel.allocator)
      process(context)
      context.read()
    } catch {
      fail(context, .handshakeFailed(error))
    }
  }

  private func inputEnded(_ context: ChannelHandlerContext) {
    guard !inputHasEnded, let connection else { return }
    inputHasEnded = true
    switch phase {
    case .handshaking:
      var error = connection.endedInHandshake()
      if error.detail.isEmpty {
        error.detail = lastError ?? "after \(octetsReceived) octets from the peer"
      }
      fail(context, .handshakeFailed(error))
    case .open where !connection.hasReceivedCloseNotify:
      context.fireUserInboundEventTriggered(TLSEvent.truncated)
    case .waiting, .open, .ending, .over: break
    }
  }

  // MARK: Inbound

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let octets = unwrapInboundIn(data)
    guard let connection, phase == .handshaking || phase == .open else { return }
    octetsReceived += octets.readableBytes
    guard !connection.hasReceivedCloseNotify else {
      context.fireUserInboundEventTriggered(TLSEvent.octetsBehindCloseNotify(octets))
      return
    }
    connection.feed(octets)
    process(context)
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Where nobody reads by himself, octets that were no clear text must not end the reading.
    if phase == .handshaking || owesRead { context.read() }
  }

  package func read(context: ChannelHandlerContext) {
    owesRead = true
    context.read()
  }

  /// Does all that the octets received so far allow, then sends what came of it in one write.
  private func process(_ context: ChannelHandlerContext) {
    guard let connection, !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    if phase == .handshaking { advanceHandshake(context, connection) }
    // An owner who is called from here may feed more octets or end everything.
    while phase == .open, connection.hasIncoming, !connection.hasReceivedCloseNotify {
      readClearText(context, connection)
    }
    if phase == .open, queue.hasFlushed { writeFlushed(context) }
    send(context)
  }

  private func advanceHandshake(_ context: ChannelHandlerContext, _ connection: TLSConnection) {
    switch connection.handshake() {
    case .incomplete: return
    case .failed(let error): fail(context, .handshakeFailed(error))
    case .complete:
      phase = .open
      context.fireUserInboundEventTriggered(TLSEvent.handshakeCompleted(connection.facts()))
    }
  }

  private func readClearText(_ context: ChannelHandlerContext, _ connection: TLSConnection) {
    var clearText = context.channel.allocator.buffer(capacity: connection.roomForReading)
    let end = connection.read(into: &clearText)
    if clearText.readableBytes > 0 {
      owesRead = false
      context.fireChannelRead(wrapInboundOut(clearText))
    }
    guard phase == .open else { return }
    switch end {
    case .incomplete: return
    case .failed(let error): fail(context, .failed(error))
    case .closeNotify:
      context.fireUserInboundEventTriggered(TLSEvent.closeNotify)
      if let octets = connection.takeIncoming() {
        context.fireUserInboundEventTriggered(TLSEvent.octetsBehindCloseNotify(octets))
      }
    }
  }

  /// Ends everything: the alert goes out, the event in, the channel is closed.
  private func fail(_ context: ChannelHandlerContext, _ event: TLSEvent) {
    guard phase != .over else { return }
    phase = .over
    send(context)
    failQueue(TLSError(.closed))
    context.fireUserInboundEventTriggered(event)
    context.close(promise: nil)
  }

  // MARK: Outbound

  package func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    let clearText = unwrapOutboundIn(data)
    switch phase {
    case .ending, .over:
      promise?.fail(TLSError(.closed))
    case .open where connection?.hasSentCloseNotify != false:
      promise?.fail(TLSError(.closed))
    case .open where !queue.hasFlushed:
      queue.append(clearText, promise)
    case .waiting, .handshaking, .open:
      guard queue.octetCount + clearText.readableBytes <= Self.queueLimit else {
        let error = TLSError(.queueFull, detail: "more than \(Self.queueLimit)")
        promise?.fail(error)
        fail(context, phase == .open ? .failed(error) : .handshakeFailed(error))
        return
      }
      queue.append(clearText, promise)
    }
  }

  package func flush(context: ChannelHandlerContext) {
    queue.flush()
    if phase == .open, queue.hasFlushed {
      writeFlushed(context)
    } else {
      context.flush()
    }
  }

  private func writeFlushed(_ context: ChannelHandlerContext) {
    guard let connection else { return }
    var promise: EventLoopPromise<Void>?
    let progress = queue.write(to: connection, promise: &promise)
    send(context, promise: promise)
    if case .failed(let error) = progress { fail(context, .failed(error)) }
  }

  private func send(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
    let octets = connection?.takeOutgoing()
    guard octets != nil || promise != nil else { return }
    context.writeAndFlush(wrapOutboundOut(octets ?? ByteBuffer()), promise: promise)
  }

  private func failQueue(_ error: TLSError) {
    for promise in queue.takePromises() { promise.fail(error) }
  }

  // MARK: Closing

  package func close(
    context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
  ) {
    switch (mode, phase) {
    case (.all, .open): closeGracefully(context, promise: promise)
    case (.all, _): leave(context, mode: .all, promise: promise)
    case (.output, .open):
      sendCloseNotify()
      context.close(mode: .output, promise: promise)
    case (.output, _), (.input, _): context.close(mode: mode, promise: promise)
    }
  }

  /// Ends TLS without a word and passes the close on.
  private func leave(
    _ context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
  ) {
    phase = .over
    failQueue(TLSError(.closed))
    context.close(mode: mode, promise: promise)
  }

  /// Sends close_notify, waits until the channel has taken it and what was flushed before it, and
  /// passes the close on.
  private func closeGracefully(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    guard let connection, connection.closeNotify() else {
      leave(context, mode: .all, promise: promise)
      return
    }
    phase = .ending
    failQueue(TLSError(.closed))
    let written = context.eventLoop.makePromise(of: Void.self)
    send(context, promise: written)
    written.futureResult.assumeIsolated().whenComplete { _ in
      self.leave(context, mode: .all, promise: promise)
    }
    // Mostly the channel has taken all by now, and a timer would be in vain.
    guard phase == .ending else { return }
    let limit = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeLimit) {
      self.closeWithoutNotify()
    }
    written.futureResult.whenComplete { _ in limit.cancel() }
  }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
