// SPDX-License-Identifier: Apache-2.0
//
// Drives one dialogue over sockets: performs its actions, reports what became of them, keeps its
// one timer. The session is itself the channel handler, so that an octet's way is short.

package import DialogueEngine
package import NIOCore
import NIOPosix
import SMTPWire
import ScenarioLanguage
package import TLSEngine

/// One virtual client, over any number of successive connections.
///
/// Everything about it happens on its event loop.
package final class Session {
  package typealias InboundIn = ByteBuffer

  /// Its number in the run, from 1.
  package let number: Int
  package let loop: SessionLoop
  package let settings: SessionSettings
  /// Let go once the session is over, which breaks the circle.
  private var owner: (any SessionOwner)?
  private var dialogue: Dialogue
  /// Whether the fate of every write matters.
  private let keepsEvidence: Bool

  /// The handler's place on the present connection; nil while there is none.
  private var context: ChannelHandlerContext?
  /// The channel of a connect that is under way.
  private var pendingChannel: (any Channel)?
  /// Counts connects: what an abandoned one still says is not listened to.
  private var attempt = 0
  private var tls: TLSHandler?
  private var afterTLS: RecordSkipper?
  /// What is known of the end before the channel is inactive.
  private var knownEnd: ConnectionEnd?
  /// The facts of the last handshake.
  package private(set) var tlsFacts: TLSFacts?

  private var timer: NIOScheduledCallback?
  private var timerAt = Instant(nanoseconds: .max)

  /// When the last event came.
  package private(set) var actedAt = Instant(nanoseconds: 0)
  private var isActing = false
  private var deferred: [Event] = []

  /// What came while the session was acting; it has to wait for its turn.
  private enum Event {
    case octets(ByteBuffer)
    case ended(ConnectionEnd)
    case drained
    case connected(String)
    case connectFailed(String)
    case secured(TLSFacts)
    case answeredHello(HelloAnswer)
    case handshakeFailed(String, HandshakeFailure)
    case cannotOffer(String)
    case move(SessionMove)
    case cancel
  }

  /// Makes a session that has not started.
  ///
  /// - Parameter owner: is kept until the session has ended.
  package init(
    _ prepared: PreparedProgram, settings: SessionSettings, number: Int, owner: any SessionOwner,
    on loop: SessionLoop
  ) {
    self.number = number
    self.loop = loop
    self.settings = settings
    self.owner = owner
    keepsEvidence = settings.dialogue.mode == .check
    dialogue = Dialogue(prepared, session: number)
  }

  /// Evidence so far; whole once the session has ended.
  package var record: DialogueRecord { dialogue.record }

  /// Whether the session pauses before the transaction of the last move.
  package var isThinking: Bool { dialogue.isThinking }

  /// Whether the transaction of the last move has begun: not while the session still connects or
  /// thinks before it.
  package var hasBegun: Bool { dialogue.isInTransaction }

  /// Connects and begins.
  package func start() {
    act { dialogue, now, output in dialogue.begin(at: now, into: &output) }
  }

  /// What a parked session is to do now.
  package func resume(_ move: SessionMove) { handle(.move(move)) }

  /// Ends the session in the middle, politely where that is possible.
  package func cancel() { handle(.cancel) }

  // MARK: Events

  private func handle(_ event: Event) {
    guard !isActing else {
      deferred.append(event)
      return
    }
    switch event {
    case .octets(let buffer):
      act { dialogue, now, output in
        buffer.withUnsafeReadableBytes { dialogue.received($0, at: now, into: &output) }
      }
    case .ended(let end): act { $0.ended(end, at: $1, into: &$2) }
    case .drained: act { $0.drained(at: $1, into: &$2) }
    case .connected(let peer): act { $0.connected(to: peer, at: $1, into: &$2) }
    case .connectFailed(let reason): act { $0.connectFailed(reason, at: $1, into: &$2) }
    case .secured(let facts):
      act {
        $0.secured(
          facts.summary, binding: facts.channelBinding, agreed: AgreedTLS(facts), at: $1, into: &$2)
      }
    case .answeredHello(let answer):
      act {
        $0.secured(
          answer.description, binding: nil, agreed: AgreedTLS(answer), at: $1, into: &$2)
      }
    case .handshakeFailed(let reason, let failure):
      act { $0.handshakeFailed(reason, as: failure, at: $1, into: &$2) }
    case .cannotOffer(let reason): act { $0.cannotOffer(reason, at: $1, into: &$2) }
    case .move(let move): act { $0.move(move, at: $1, into: &$2) }
    case .cancel: act { $0.cancel(at: $1, into: &$2) }
    }
  }

  /// Hands an event to the engine and does what the engine wants.
  @inline(__always)
  private func act(_ event: (inout Dialogue, Instant, inout DialogueOutput) -> Void) {
    let now = SessionLoop.now()
    actedAt = now
    isActing = true
    loop.withOutput { output in
      event(&dialogue, now, &output)
      perform(&output, at: now)
    }
    isActing = false
    keepTime()
    if !deferred.isEmpty { handle(deferred.removeFirst()) }
  }

  // MARK: Actions

  private func perform(_ output: inout DialogueOutput, at now: Instant) {
    var next = 0
    // Answers of the owner add further actions.
    while next < output.actions.count {
      let action = output.actions[next]
      next += 1
      switch action {
      case .write(let range): write(output.octets, range, reports: false)
      case .measured(let phase, let nanoseconds):
        owner?.session(self, measured: phase, nanoseconds: nanoseconds)
      case .replied(let code, let enhanced, let phase):
        owner?.session(self, received: code, enhanced: enhanced, at: phase)
      case .writeAndReport(let range): write(output.octets, range, reports: true)
      case .finished:
        guard let result = dialogue.transactionResult, let owner else { break }
        let move = owner.session(self, finished: result)
        dialogue.move(move, at: now, into: &output)
      case .ready:
        guard let owner else { break }
        let move = owner.sessionIsReady(self)
        dialogue.move(move, at: now, into: &output)
      case .mayFollow:
        dialogue.follow(owner?.sessionMaySendAhead(self), at: now, into: &output)
      case .connect: connect()
      case .startTLS: startTLS()
      case .close(let closing): close(closing)
      case .refused: owner?.session(self, connection: .refused(reason: dialogue.refusal))
      case .handshakeFailed:
        owner?.session(self, connection: .handshakeFailed(reason: dialogue.refusal))
      case .connectionEnded:
        owner?.session(
          self, connection: .ended(dialogue.lastEnd, notice: dialogue.closingNotice))
      case .over:
        stopTimer()
        let owner = owner
        self.owner = nil
        owner?.session(self, ended: dialogue.ending ?? .finished)
      }
    }
  }

  private func write(_ octets: borrowing [UInt8], _ range: Range<Int>, reports: Bool) {
    guard let context else { return }
    let buffer = loop.buffer(holding: octets, range)
    guard reports || keepsEvidence else {
      context.writeAndFlush(NIOAny(buffer), promise: nil)
      return
    }
    let promise = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { result in
      let (session, context) = bound.value
      session.written(result, context: context, reports: reports)
    }
    context.writeAndFlush(NIOAny(buffer), promise: promise)
  }

  private func written(
    _ result: Result<Void, any Error>, context: ChannelHandlerContext, reports: Bool
  ) {
    guard context === self.context else { return }
    switch result {
    case .success: if reports { handle(.drained) }
    case .failure(let error): note(error)
    }
  }

  // MARK: Connecting

  private func connect() {
    knownEnd = nil
    tls = nil
    afterTLS = nil
    attempt += 1
    tryAddress(0, attempt: attempt, failures: [])
  }

  /// Tries the target's addresses in turn.
  private func tryAddress(_ place: Int, attempt: Int, failures: [String]) {
    guard place < settings.addresses.count else {
      return handle(.connectFailed(failures.joined(separator: "; ")))
    }
    let address = settings.addresses[place]
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    var bootstrap = ClientBootstrap(group: loop.eventLoop)
      // The engine has its own limit, which comes first.
      .connectTimeout(
        .nanoseconds(settings.profile.timeouts.connect.wholeNanoseconds) + .seconds(1)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try bound.value.prepare(channel, attempt: attempt)
        }
      }
    do throws(TransportError) {
      if let source = try settings.source(for: address, wanted: dialogue.requestedSource) {
        bootstrap = bootstrap.bind(to: source)
      }
    } catch {
      return tryAddress(place + 1, attempt: attempt, failures: failures + [error.message])
    }
    bootstrap.connect(to: address).whenFailure { error in
      let session = bound.value
      guard attempt == session.attempt else { return }
      session.pendingChannel = nil
      session.tryAddress(
        place + 1, attempt: attempt,
        failures: failures + [SystemFault.connect(error, to: address)])
    }
  }

  private func prepare(_ channel: any Channel, attempt: Int) throws {
    guard attempt == self.attempt else { throw ChannelError.alreadyClosed }
    pendingChannel = channel
    // Set here and not in the bootstrap, which would make futures of them for every connection.
    try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    try channel.syncOptions?.setOption(
      .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
    try channel.pipeline.syncOperations.addHandler(self)
  }

  // MARK: TLS

  private func startTLS() {
    guard let context else { return }
    do {
      if let hello = dialogue.requestedOffer?.hello {
        let name = settings.profile.tls.serverName ?? settings.profile.host
        let handler = RawHelloHandler(RawHello(hello), serverName: name)
        return try context.pipeline.syncOperations.addHandler(handler, position: .first)
      }
      let handler = try settings.tlsHandler(offering: dialogue.requestedOffer)
      tls = handler
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
    } catch {
      detach()
      context.close(promise: nil)
      let reason = SystemFault.words(error)
      let isOffer = dialogue.requestedOffer != nil && (error as? TLSError)?.code == .settings
      handle(isOffer ? .cannotOffer(reason) : .handshakeFailed(reason, .other))
    }
  }

  private func handshakeFailed(_ error: TLSError) {
    detach()
    handle(.handshakeFailed(error.description, HandshakeFailure(error)))
  }

  // MARK: Closing

  private func close(_ closing: DialogueAction.Closing) {
    guard let context else {
      // A connect that is under way is given up.
      attempt += 1
      pendingChannel?.close(promise: nil)
      pendingChannel = nil
      return
    }
    switch closing {
    case .output: context.close(mode: .output, promise: nil)
    case .closeNotify:
      guard let tls else { return }
      tls.sendCloseNotify()
      context.pipeline.syncOperations.removeHandler(tls, promise: nil)
      self.tls = nil
      afterTLS = RecordSkipper()
    case .full:
      detach()
      context.close(promise: nil)
    case .withoutCloseNotify:
      let tls = tls
      detach()
      if let tls { tls.closeWithoutNotify() } else { context.close(promise: nil) }
    case .reset:
      let tls = tls
      detach()
      if let provider = context.channel as? any SocketOptionProvider {
        // With no time to linger, close sends RST.
        provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
      }
      if let tls { tls.closeWithoutNotify() } else { context.close(promise: nil) }
    }
  }

  /// Lets go of the present connection: nothing it still says is listened to.
  private func detach() {
    context = nil
    pendingChannel = nil
    tls = nil
  }

  // MARK: Time

  /// Arms the timer where the engine's deadline comes before it; one that comes too early is armed
  /// again when it fires, so that a command costs no timer.
  @inline(__always)
  private func keepTime() {
    let deadline = dialogue.deadlineOrEnd
    if deadline < timerAt { arm(deadline) }
  }

  private func arm(_ deadline: Instant) {
    timer?.cancel()
    timerAt = deadline
    let at = NIODeadline.uptimeNanoseconds(UInt64(max(0, deadline.nanoseconds)))
    timer = try? loop.eventLoop.assumeIsolated().scheduleCallback(at: at, handler: self)
  }

  private func stopTimer() {
    timer?.cancel()
    timer = nil
    timerAt = Instant(nanoseconds: .max)
  }

  private func note(_ error: any Error) {
    guard let (isReset, errno) = SystemFault.end(error), knownEnd == nil else { return }
    knownEnd = isReset ? .reset : .failed(errno: errno, SystemFault.words(errno: errno))
  }
}

// MARK: - In the pipeline

extension Session: ChannelInboundHandler, RemovableChannelHandler {
  package func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { connected(context) }
  }

  package func channelActive(context: ChannelHandlerContext) { connected(context) }

  private func connected(_ context: ChannelHandlerContext) {
    guard context.channel === pendingChannel else { return }
    pendingChannel = nil
    self.context = context
    owner?.session(self, connection: .opened)
    handle(.connected(keepsEvidence ? context.channel.remoteAddress?.shown ?? "target" : ""))
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard context === self.context else { return }
    var buffer = unwrapInboundIn(data)
    if afterTLS != nil {
      afterTLS?.strip(&buffer)
      if buffer.readableBytes == 0 { return }
    }
    guard !isActing else {
      deferred.append(.octets(buffer))
      return
    }
    act { dialogue, now, output in
      buffer.withUnsafeReadableBytes { dialogue.received($0, at: now, into: &output) }
    }
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard context === self.context else { return }
    if let event = event as? RawHelloEvent { return helloEnded(event, context: context) }
    guard let event = event as? TLSEvent else { return }
    switch event {
    case .handshakeCompleted(let facts):
      tlsFacts = facts
      owner?.session(self, connection: .secured(facts))
      handle(.secured(facts))
    case .handshakeFailed(let error): handshakeFailed(error)
    case .failed(let error): knownEnd = .failed(errno: 0, error.description)
    case .closeNotify:
      // The peer has said all it will say; there is no use in the other half.
      knownEnd = .fin
      context.close(promise: nil)
    case .truncated: knownEnd = .truncated
    case .octetsBehindCloseNotify(let octets): handle(.octets(octets))
    }
  }

  private func helloEnded(_ event: RawHelloEvent, context: ChannelHandlerContext) {
    switch event {
    case .answered(let answer): handle(.answeredHello(answer))
    case .refused(let error):
      handshakeFailed(error)
      context.close(promise: nil)
    }
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard context === self.context else { return }
    note(error)
    context.close(promise: nil)
  }

  package func channelInactive(context: ChannelHandlerContext) {
    guard context === self.context else { return }
    detach()
    handle(.ended(knownEnd ?? .fin))
  }
}

extension Session: NIOScheduledCallbackHandler {
  package func handleScheduledCallback(eventLoop: some EventLoop) {
    timer = nil
    timerAt = Instant(nanoseconds: .max)
    guard dialogue.deadlineOrEnd <= SessionLoop.now() else { return keepTime() }
    act { $0.timerFired(at: $1, into: &$2) }
  }
}
