// SPDX-License-Identifier: Apache-2.0
//
// The server's half of an SMTP session as a machine: octets and instants in, octets and one step out.
// Knows no socket and no clock. The commands are in the files beside this one.

import SMTPWire
package import TLSEngine

/// One session of the reference relay.
///
/// Whoever drives it calls one method for each event, sends the octets of the output, and then does its
/// step. It is used on one thread at a time.
package final class RelaySession {
  let environment: RelayEnvironment
  let peer: RelayPeer
  let tally: RelayTally
  var phase = SessionPhase.opening
  var waiting: SessionWait?
  var facts = SessionFacts()
  var effort = SessionEffort()
  var transaction: Transaction?
  /// MAIL was refused and a fault lets RCPT go on all the same.
  var phantomTransaction = false
  var reader: CommandReader
  var dataReader = DataReader()
  var intake: ContentIntake?
  var faults: [any RelayFault]
  var ruleCounts: [RuleCount] = []
  /// Replies of this batch, kept apart only where faults want to see them.
  private var batch: [[UInt8]] = []
  /// When the client's next line, content or handshake must be complete.
  private var limit: RelayInstant
  var now: RelayInstant

  var policy: RelayPolicy { environment.policy }
  var limits: RelayLimits { environment.configuration.limits }
  var role: RelayRole { environment.role }

  package init(
    environment: RelayEnvironment, peer: RelayPeer, tally: RelayTally, at now: RelayInstant
  ) {
    self.environment = environment
    self.peer = peer
    self.tally = tally
    self.now = now
    let limits = environment.configuration.limits
    reader = CommandReader(
      limit: max(
        limits.commandLine, environment.policy.offersAuthentication ? limits.responseLine : 0),
      lineEnds: environment.policy.lineEnds)
    faults = environment.configuration.faults
    limit = now + limits.command
  }

  /// When the machine wants to be woken, whatever else happens.
  package var deadline: RelayInstant {
    if case .reply(_, _, let until) = waiting { return until }
    return limit
  }

  package var isOver: Bool { if case .ended = phase { true } else { false } }

  // MARK: Events

  /// The connection is there (and secured, in the role `submissions`): greets.
  package func begin(at now: RelayInstant, into output: inout RelayOutput) {
    self.now = now
    output.clear()
    if reader.unread > 0 {
      switch policy.inputBeforeGreeting {
      case .refuse:
        say(
          RelayReply(554, nil, "\(hostName) Error: talking before the greeting"), at: .connect,
          &output)
        end(.orderly, &output)
        return finish(&output)
      case .discard: reader.discard()
      case .execute: break
      }
    }
    phase = .command
    let words = role.isLMTP ? "LMTP Relaymark" : "ESMTP Relaymark"
    say(RelayReply(220, nil, "\(hostName) \(words)"), at: .connect, &output)
    run(&output)
    finish(&output)
  }

  /// Turns the client away at the greeting.
  package func refuse(_ reply: RelayReply, into output: inout RelayOutput) {
    output.clear()
    say(reply, at: .connect, &output)
    end(.orderly, &output)
    finish(&output)
  }

  /// Takes octets of the client, clear text where TLS is on.
  package func receive(
    _ octets: UnsafeRawBufferPointer, at now: RelayInstant, into output: inout RelayOutput
  ) {
    self.now = now
    output.clear()
    guard !isOver else { return }
    if faults.isEmpty {
      reader.append(octets)
    } else {
      var received = Array(octets)
      for index in faults.indices { faults[index].receive(&received, context) }
      reader.append(received)
    }
    run(&output)
    finish(&output)
  }

  /// The TLS handshake is over.
  package func secured(_ facts: TLSFacts, at now: RelayInstant, into output: inout RelayOutput) {
    self.now = now
    output.clear()
    tally.handshakes.add()
    if facts.resumed { tally.handshakesResumed.add() }
    self.facts.tls = facts
    self.facts.isSecure = true
    guard case .handshake = phase else { return }
    forget(policy.handshakeForgets)
    phase = .command
    limit = now + limits.command
    run(&output)
    finish(&output)
  }

  /// A message was put away, or could not be.
  package func stored(
    _ succeeded: Bool, at now: RelayInstant, into output: inout RelayOutput
  ) {
    self.now = now
    output.clear()
    guard case .store(let recipients, let octets) = waiting else { return }
    waiting = nil
    if succeeded { tally.stored.add(recipients) } else { tally.storesFailed.add() }
    conclude(
      succeeded ? nil : RelayReply(451, "4.3.0", "The message could not be stored"),
      recipients: recipients, octets: octets, &output)
    run(&output)
    finish(&output)
  }

  /// The deadline has passed.
  package func woken(at now: RelayInstant, into output: inout RelayOutput) {
    self.now = now
    output.clear()
    guard !isOver, !(now < deadline) else { return }
    if case .reply(let octets, let step, _) = waiting {
      waiting = nil
      output.octets += octets
      limit = now + limits.command
      switch step {
      case .read: run(&output)
      case .hold, .startTLS, .store, .close: output.step = step
      }
      return finish(&output)
    }
    if case .store = waiting { return }
    if policy.announcesTimeout {
      say(RelayReply(421, "4.4.2", "\(hostName) Error: timeout exceeded"), at: .other, &output)
    }
    end(.orderly, &output)
    finish(&output)
  }

  /// The client's end of the connection is gone.
  ///
  /// - Returns: a message that a fault keeps although it was cut short.
  package func clientEnded() -> RelayMessage? {
    defer { phase = .ended }
    guard policy.keepsUnfinishedMessages, case .data = phase, let intake, let transaction else {
      return nil
    }
    tally.accepted(role, recipients: transaction.recipients.count, octets: intake.size)
    return message(of: transaction, content: intake.collected)
  }

  // MARK: The loop

  /// Reads on as long as there is input and nothing to wait for.
  func run(_ output: inout RelayOutput) {
    while waiting == nil {
      if case .read = output.step {} else { return }
      switch phase {
      case .opening, .handshake, .ended: return
      case .command: guard readCommand(&output) else { return }
      case .data: guard readData(&output) else { return }
      case .chunk(let chunk): guard readChunk(chunk, &output) else { return }
      case .response(let exchange): guard readResponse(exchange, &output) else { return }
      }
    }
    if case .read = output.step { output.step = .hold }
  }

  /// - Returns: whether there was a line.
  private func readCommand(_ output: inout RelayOutput) -> Bool {
    guard let line = reader.nextLine() else { return false }
    limit = now + limits.command
    switch line {
    case .tooLong:
      fail(RelayReply(500, "5.5.2", "Line too long"), at: .other, &output)
    case .line(let octets, let odd):
      if octets.count + 2 > limits.commandLine, CommandLine(line: octets).command != .auth {
        fail(RelayReply(500, "5.5.2", "Line too long"), at: .other, &output)
      } else {
        handle(octets, odd, &output)
      }
    }
    return true
  }

  // MARK: Saying

  /// Sends a reply, unless a scripted rule or a fault has it otherwise.
  func say(_ reply: RelayReply, at stage: RelayStage, _ output: inout RelayOutput) {
    say([reply], at: stage, &output)
  }

  /// Sends the replies to one command.
  func say(_ honest: [RelayReply], at stage: RelayStage, _ output: inout RelayOutput) {
    var replies = honest
    var delay: Duration?
    if !environment.rules.rules.isEmpty,
      let act = environment.rules.act(at: stage, own: &ruleCounts, now: now)
    {
      switch act {
      case .reply(let reply):
        replies = replies.map { _ in reply }
        undo(stage)
        if reply.code == 421 { end(.orderly, &output) }
      case .close: return end(.orderly, &output)
      case .reset: return end(.reset, &output)
      case .silence: return undo(stage)
      case .delay(let length): delay = length
      case .tarpit: break
      }
    }
    for index in faults.indices { faults[index].answer(&replies, at: stage, context) }
    var octets: [UInt8] = []
    for reply in replies {
      if reply.code >= 400 { tally.refused(reply.code) }
      if delay == nil, faults.isEmpty {
        reply.write(to: &output.octets, enhancedCodes: usesEnhancedCodes)
      } else {
        var one: [UInt8] = []
        reply.write(to: &one, enhancedCodes: usesEnhancedCodes)
        if delay != nil { octets += one } else { batch.append(one) }
      }
    }
    if let delay, delay > .zero {
      waiting = .reply(octets: octets, step: output.step, until: now + delay)
      output.step = .hold
    } else {
      output.octets += octets
    }
  }

  /// Takes back what the honest answer has changed, since another one was given.
  private func undo(_ stage: RelayStage) {
    switch stage {
    case .mail: transaction = nil
    case .rcpt: if transaction?.recipients.isEmpty == false { transaction?.recipients.removeLast() }
    case .data, .bdat:
      intake = nil
      if case .data = phase { phase = .command }
    case .starttls: phase = .command
    case .auth: facts.identity = nil
    case .connect, .helo, .ehlo, .message, .rset, .noop, .quit, .vrfy, .expn, .help, .etrn, .other:
      break
    }
  }

  private var usesEnhancedCodes: Bool {
    environment.configuration.extensions.contains(.enhancedStatusCodes)
  }

  /// Sends a refusal that counts as an error; too many of them end the session.
  func fail(_ reply: RelayReply, at stage: RelayStage, _ output: inout RelayOutput) {
    say(reply, at: stage, &output)
    countError(&output)
  }

  func countError(_ output: inout RelayOutput) {
    effort.errors += 1
    guard effort.errors >= limits.errors, !isOver else { return }
    say(RelayReply(421, "4.7.0", "\(hostName) Error: too many errors"), at: .other, &output)
    end(.orderly, &output)
  }

  /// Counts a command that moves no mail; beyond the limit each is an error.
  func countJunk(_ output: inout RelayOutput) {
    effort.junk += 1
    if effort.junk > limits.junkCommands { countError(&output) }
  }

  func end(_ manner: RelayClose, _ output: inout RelayOutput) {
    phase = .ended
    intake = nil
    transaction = nil
    output.step = .close(manner)
  }

  /// Lets faults see the batch, and hands it over.
  private func finish(_ output: inout RelayOutput) {
    guard !batch.isEmpty else { return }
    for index in faults.indices { faults[index].transmit(&batch, context) }
    for octets in batch { output.octets += octets }
    batch.removeAll(keepingCapacity: true)
  }

  /// Allows the client more time, as content arrives.
  func extendLimit(by length: Duration) { limit = now + length }

  // MARK: State

  var hostName: String { environment.configuration.hostName }

  func forget(_ parts: SessionParts) {
    if parts.contains(.hello) {
      facts.clientName = nil
      facts.isPlainSMTP = false
    }
    if parts.contains(.authentication) { facts.identity = nil }
    if parts.isSuperset(of: .transaction) {
      transaction = nil
      phantomTransaction = false
    } else {
      if parts.contains(.recipients) { transaction?.recipients = [] }
      if parts.contains(.content) { transaction?.chunks = nil }
      if parts.contains(.sender), transaction != nil { transaction?.sender = "" }
    }
  }

  var context: RelayContext {
    RelayContext(
      role: role, hostName: hostName, isSecure: facts.isSecure, identity: facts.identity,
      clientName: facts.clientName, sender: transaction?.sender,
      recipients: transaction?.recipients.count ?? 0, messages: effort.messages)
  }
}
