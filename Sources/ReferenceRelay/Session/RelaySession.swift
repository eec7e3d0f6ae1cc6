// SPDX-License-Identifier: Apache-2.0
//
// One session as a machine without socket or clock: octets and instants in, octets and one step out.
// This file holds what it remembers and how events enter; what commands do is in its extensions.

import SMTPWire
package import TLSEngine

/// A client's session with the relay.
///
/// Whoever owns it calls `opened` once, then the event methods as things happen, and after each of
/// them sends the octets of the output and takes its step. `deadline` tells when `timerFired` is due.
/// Not thread-safe: it belongs to one event loop.
package final class RelaySession {
  let service: RelayService
  let peer: RelayPeer
  let tally: RelayTally
  let started: RelayInstant
  /// What greets a client that is turned away, before the connection is closed.
  private let refusal: RelayReply?
  private let page: RulePage?
  /// The page of the rules that hung on the board when it was last looked at.
  private var boardPage: (book: RuleBook, page: RulePage?)?

  var phase = SessionPhase.opening
  var wait: SessionWait?
  var reader: CommandReader
  var dataReader: DataReader?
  /// The content of a message behind DATA.
  var intake: ContentIntake?
  var facts = SessionFacts()
  var effort = SessionEffort()
  var transaction: Transaction?
  /// Recipients that outlive their transaction, where a fault wants it.
  var orphans: [String] = []
  var faults: [any RelayFault]

  var out = RelayOutput()
  /// Replies of this batch, one by one, where a fault may want to reorder them.
  private var batch: [[UInt8]] = []
  /// How much later the next replies are due, by rule.
  var delay = Duration.zero
  var now: RelayInstant
  /// When the current wait for the client began, and what has come since.
  private var phaseBegan: RelayInstant
  private var octetsInPhase = 0

  /// - Parameters:
  ///   - started: the relay's start, on the clock of all later instants.
  ///   - refusal: what to greet with, before closing, a client that is one too many.
  package init(
    _ service: RelayService, peer: RelayPeer, tally: RelayTally,
    started: RelayInstant = RelayInstant(nanoseconds: 0), refusal: RelayReply? = nil
  ) {
    self.service = service
    self.peer = peer
    self.tally = tally
    self.started = started
    self.refusal = refusal
    page = service.rules.page(connection: peer.number)
    reader = CommandReader(
      limit: max(service.limits.commandLine, service.limits.responseLine),
      lineEnds: service.policy.lineEnds)
    faults = service.configuration.faults
    now = started
    phaseBegan = started
  }

  var policy: RelayPolicy { service.policy }
  var limits: RelayLimits { service.limits }

  // MARK: Events

  /// The connection is there.
  package func opened(at now: RelayInstant, into output: inout RelayOutput) {
    perform(at: now, into: &output) {
      if service.role.isImplicitTLS {
        finish(.startTLS)
      } else {
        greet()
      }
    }
  }

  /// The client has sent octets.
  package func received(
    _ octets: UnsafeRawBufferPointer, at now: RelayInstant, into output: inout RelayOutput
  ) {
    perform(at: now, into: &output) {
      octetsInPhase += octets.count
      switch phase {
      // In the handshake clear text is nobody's input; at the end nothing is.
      case .handshake, .ended: return
      case .opening: receivedEarly(octets)
      case .command, .data, .chunk, .response: take(octets)
      }
      work()
    }
  }

  /// The TLS handshake is done.
  package func secured(
    _ facts: TLSFacts, at now: RelayInstant, into output: inout RelayOutput
  ) {
    perform(at: now, into: &output) {
      tally.handshakes.add()
      if facts.resumed { tally.handshakesResumed.add() }
      forget(policy.handshakeForgets)
      self.facts.tls = facts
      self.facts.isSecure = true
      guard case .handshake = phase else { return }
      if service.role.isImplicitTLS {
        greet()
      } else {
        begin(.command)
      }
      work()
    }
  }

  /// The TLS handshake has failed; the state of the connection is undefined (RFC 3207 section 4).
  package func handshakeFailed(at now: RelayInstant, into output: inout RelayOutput) {
    perform(at: now, into: &output) {
      tally.handshakesFailed.add()
      end(.withoutCloseNotify)
    }
  }

  /// The client will send no more.
  ///
  /// What it is still owed is said before the connection closes.
  package func inputEnded(at now: RelayInstant, into output: inout RelayOutput) {
    perform(at: now, into: &output) {
      inputHasEnded = true
      if policy.keepsUnfinishedMessages { concludeUnfinished() }
      if wait == nil, !isEnded { end(.orderly) }
    }
  }

  /// The relay is going down: an idle client is told now, a busy one when its message is through
  /// (RFC 5321 section 3.8).
  package func shutDown(at now: RelayInstant, into output: inout RelayOutput) {
    perform(at: now, into: &output) {
      isShuttingDown = true
      work()
    }
  }

  /// The message of the last `store` step is on the disk, or not.
  package func stored(
    _ isStored: Bool, at now: RelayInstant, into output: inout RelayOutput
  ) {
    perform(at: now, into: &output) {
      guard case .store(let replies, let message) = wait else { return }
      wait = nil
      if isStored {
        if service.configuration.maildir != nil { tally.stored.add(message.recipients) }
        accept(message, replies)
      } else {
        tally.storesFailed.add()
        answer(replies.map { _ in Replies.notStored }, at: .message)
      }
      resume()
    }
  }

  /// The instant of `deadline` has come.
  package func timerFired(at now: RelayInstant, into output: inout RelayOutput) {
    guard let deadline, deadline <= now else { return }
    perform(at: now, into: &output) {
      switch wait {
      case .replies(let replies, let step, _):
        wait = nil
        if case .opening = phase { begin(.command) }
        send(replies, step)
        resume()
      case .store:
        wait = nil
        tally.storesFailed.add()
        answer(Replies.notStored, at: .message, then: .close(.orderly))
      case nil: timedOut()
      }
    }
  }

  /// When `timerFired` is due if nothing else happens; nil: never.
  package var deadline: RelayInstant? {
    switch wait {
    case .replies(_, _, let until): return until
    case .store: return phaseBegan + limits.store
    case nil: break
    }
    switch phase {
    case .opening: return nil
    case .command, .response: return phaseBegan + limits.command
    case .data, .chunk:
      let earned = Duration.seconds(octetsInPhase / max(limits.dataRate, 1))
      return phaseBegan + (limits.data + earned)
    case .handshake: return phaseBegan + limits.handshake
    case .ended: return phaseBegan + limits.farewell
    }
  }

  /// Whether the session is over.
  package var isEnded: Bool {
    if case .ended = phase { true } else { false }
  }

  // MARK: Work

  /// Octets that may wait while an answer does; whoever drives the machine stops reading long before.
  private static let mostUnread = 1 << 20
  private var inputHasEnded = false
  private var isShuttingDown = false

  /// Runs the handling of one event: clock in, output out.
  private func perform(
    at now: RelayInstant, into output: inout RelayOutput, _ body: () -> Void
  ) {
    self.now = now
    output.clear()
    swap(&out, &output)
    body()
    if !batch.isEmpty { transmit() }
    if wait != nil, case .read = out.step { out.step = .hold }
    swap(&out, &output)
  }

  private func resume() {
    work()
    if inputHasEnded, wait == nil, !isEnded { end(.orderly) }
  }

  private func greet() {
    begin(.command)
    if let refusal {
      answer(refusal, at: .connect, then: .close(.orderly))
    } else {
      sayHello()
    }
    // A greeting that is late leaves time for a client to talk out of turn.
    if wait != nil { phase = .opening }
  }

  /// Takes octets for the command reader; content goes past it where nothing waits before it.
  private func take(_ octets: UnsafeRawBufferPointer) {
    guard reader.unread <= Self.mostUnread else {
      end(.reset)
      return
    }
    guard faults.isEmpty else {
      var changed = Array(octets)
      let context = context
      for index in faults.indices { faults[index].receive(&changed, context) }
      reader.append(changed)
      return
    }
    guard reader.unread == 0, wait == nil else {
      reader.append(octets)
      return
    }
    let used = readContent(octets)
    if used < octets.count { reader.append(UnsafeRawBufferPointer(rebasing: octets[used...])) }
  }

  /// Does all that the unread octets allow.
  private func work() {
    while wait == nil {
      switch phase {
      case .command where isShuttingDown:
        answer(Replies.shuttingDown, at: .other, then: .close(.orderly))
        return
      case .command, .response:
        guard let line = reader.nextLine() else {
          cutRunawayLine()
          return
        }
        read(line)
      case .data, .chunk:
        guard reader.unread > 0 else { return }
        // The reader's storage must not be touched while its octets are read.
        var reader = CommandReader()
        swap(&reader, &self.reader)
        reader.read { readContent($0) }
        swap(&reader, &self.reader)
      case .opening, .handshake, .ended: return
      }
    }
  }

  private func read(_ line: ReceivedLine) {
    if case .response(let exchange) = phase {
      respond(line, exchange)
    } else {
      execute(line)
    }
    if case .command = phase { begin(.command) }
  }

  /// Enters a phase and starts its clock.
  func begin(_ phase: SessionPhase) {
    self.phase = phase
    phaseBegan = now
    octetsInPhase = 0
  }

  /// Input before the greeting (RFC 5321 section 4.3.1).
  private func receivedEarly(_ octets: UnsafeRawBufferPointer) {
    switch policy.inputBeforeGreeting {
    case .refuse:
      wait = nil
      answer(Replies.outOfTurn, at: .connect, then: .close(.orderly))
    case .discard: return
    case .execute: take(octets)
    }
  }

  private func cutRunawayLine() {
    guard octetsInPhase > limits.runawayLine else { return }
    answer(Replies.runawayLine, at: .other, then: .close(.orderly))
  }

  private func timedOut() {
    guard !isEnded else {
      out.step = .close(.orderly)
      return
    }
    guard case .handshake = phase else {
      if policy.announcesTimeout {
        answer(Replies.timeout, at: .other, then: .close(.orderly))
      } else {
        end(.orderly)
      }
      return
    }
    tally.handshakesFailed.add()
    end(.withoutCloseNotify)
  }

  /// Ends the session without a word.
  func end(_ manner: RelayClose) {
    begin(.ended)
    wait = nil
    transaction = nil
    intake = nil
    reader.discard()
    out.step = .close(manner)
  }

  // MARK: Rules and replies

  /// The act of a scripted rule at a stage; delays are noted for the next replies.
  func ruledAct(at stage: RelayStage) -> RuledAct? {
    guard let page = page ?? pageOfBoard() else { return nil }
    let elapsed = Duration.nanoseconds(now.nanoseconds - started.nanoseconds)
    guard let act = page.act(at: stage, elapsed: elapsed) else { return nil }
    if case .delay(let delay) = act {
      self.delay = delay
      return nil
    }
    return act
  }

  /// The rules of the moment, with the counts of this connection.
  private func pageOfBoard() -> RulePage? {
    guard let book = service.configuration.board?.book else { return nil }
    if let boardPage, boardPage.book === book { return boardPage.page }
    let page = book.page(connection: peer.number)
    boardPage = (book, page)
    return page
  }

  /// Answers with one reply, then takes a step.
  func answer(_ reply: RelayReply, at stage: RelayStage, then step: RelayStep = .read) {
    guard faults.isEmpty, delay == .zero else {
      answer([reply], at: stage, then: step)
      return
    }
    if reply.code >= 400 { tally.refused(reply.code) }
    reply.write(to: &out.octets, enhancedCodes: service.usesEnhancedCodes)
    finish(reply.close.map { .close($0) } ?? step)
  }

  /// Answers with any number of replies, then takes a step.
  func answer(_ replies: [RelayReply], at stage: RelayStage, then step: RelayStep = .read) {
    var replies = replies
    var step = step
    if !faults.isEmpty {
      let context = context
      for index in faults.indices { faults[index].answer(&replies, at: stage, context) }
    }
    if let close = replies.compactMap(\.close).first { step = .close(close) }
    let written = replies.map { reply in
      if reply.code >= 400 { tally.refused(reply.code) }
      var octets: [UInt8] = []
      reply.write(to: &octets, enhancedCodes: service.usesEnhancedCodes)
      return octets
    }
    if delay > .zero {
      wait = .replies(written, step: step, until: now + delay)
      delay = .zero
    } else {
      send(written, step)
    }
  }

  private func send(_ replies: [[UInt8]], _ step: RelayStep) {
    if faults.isEmpty {
      for reply in replies { out.octets += reply }
    } else {
      batch += replies
    }
    finish(step)
  }

  private func finish(_ step: RelayStep) {
    switch step {
    case .read, .hold: break
    case .close(let manner): end(manner)
    case .startTLS:
      begin(.handshake)
      // What came while the reply was late is clear text too (RFC 3207 section 6).
      if policy.inputBehindStartTLS != .execute { reader.discard() }
      out.step = step
    case .store: out.step = step
    }
  }

  private func transmit() {
    let context = context
    for index in faults.indices { faults[index].transmit(&batch, context) }
    for reply in batch { out.octets += reply }
    batch.removeAll(keepingCapacity: true)
  }

  /// Where the session stands, for faults.
  var context: RelayContext {
    RelayContext(
      role: service.role, hostName: service.configuration.hostName, isSecure: facts.isSecure,
      identity: facts.identity, clientName: facts.clientName, sender: transaction?.sender,
      recipients: transaction?.recipients.count ?? 0, messages: effort.messages)
  }
}

@available(*, unavailable)
extension RelaySession: Sendable {}
