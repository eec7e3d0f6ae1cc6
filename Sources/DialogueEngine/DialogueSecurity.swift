// SPDX-License-Identifier: Apache-2.0
//
// STARTTLS and AUTH: the steps that are dialogues of their own.

import SASLExchange
import SMTPWire
import ScenarioLanguage

// MARK: TLS

extension Dialogue {
  mutating func startTLS(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    guard case .startTLS(let mode) = step.instruction.action else { return }
    guard link == .open else { return conclude(.closed(lastEnd), at: now, &out) }
    switch mode {
    case .handshakeOnly:
      noteCleartext(at: now)
      startHandshake(at: now, &out)
    case .offering(let offer):
      requestedOffer = offer
      noteCleartext(at: now)
      startHandshake(at: now, &out)
    case .ifOffered where capabilities?.offers("STARTTLS") != true:
      note("STARTTLS is not offered; going on in clear text", at: now)
      advance()
    case .full, .ifOffered:
      guard mayWrite(at: now, &out) else { return }
      if capabilities?.offers("STARTTLS") != true {
        note("STARTTLS is not offered; trying it all the same", at: now)
      }
      write(
        Array("STARTTLS\r\n".utf8), purpose: .startTLS, phase: .starttls, step: step, at: now, &out)
    }
  }

  /// Writes a command of the engine's own and waits for its reply.
  mutating func write(
    _ command: [UInt8], purpose: Expected.Purpose, phase: Phase, step: PreparedStep?,
    at now: Instant, _ out: inout DialogueOutput
  ) {
    let start = out.octets.count
    out.octets.append(contentsOf: command)
    let range = start..<out.octets.count
    out.actions.append(.write(range))
    if keeps { logSent(range, secrets: [], at: now, out) }
    current.sentAt = now
    settle(isQuit: purpose == .quit)
    ledger.append(
      Expected(
        purpose: purpose, phase: phase, due: 1, step: Int32(current.index), member: -1, sentAt: now
      ))
    waiting = .replies
    deadlineOrEnd = now + prepared.settings.limit(for: phase)
  }

  mutating func startTLSReplied(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    waiting = .nothing
    guard summary.code == 220 else { return answerWithReply(summary, at: now, &out) }
    // RFC 3207 section 6 from the client's side: what stands behind the 220 in clear text was put
    // there by somebody who wants it read as part of the protected session.
    guard reader.unread == 0 else {
      noteCleartext(at: now)
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
      return conclude(
        .unable("clear text stood behind the 220 to STARTTLS (response injection)"), verdict: .fail,
        at: now, &out)
    }
    startHandshake(at: now, &out)
  }

  /// Notes octets that arrived in clear text and drops them: they must not be read as TLS input.
  private mutating func noteCleartext(at now: Instant) {
    let partial = reader.unreadOctets
    if !unclaimed.isEmpty || !partial.isEmpty {
      let octets = unclaimed.flatMap(\.reply.octets) + partial
      let text = OctetText.shortened(WireText.escaped(octets), to: 600)
      observe(.cleartextBehindStartTLS, text, at: now)
      note("clear text behind STARTTLS: \(text)", at: now)
    }
    unclaimed.removeAll()
    ledger.removeAll()
    reader.discard()
    firstOctetAt = nil
  }

  /// Whether octets are a TLS alert in place of a reply (RFC 8446 section 6: 21, version, length 2,
  /// level, description): what a server may say to clear text once it awaits a handshake.
  ///
  /// No reply begins so.
  func isAlert(_ octets: UnsafeRawBufferPointer) -> Bool {
    !isSecure && reader.unread == 0 && octets.count == 7 && octets[0] == 0x15
      && octets[1] == 0x03 && octets[3] == 0 && octets[4] == 2
  }

  /// Takes an alert for the answer to what was sent.
  mutating func takeAlert(
    _ octets: UnsafeRawBufferPointer, at now: Instant, _ out: inout DialogueOutput
  ) {
    let level = octets[5] == 2 ? "fatal" : "warning"
    let text = "a TLS alert in place of a reply: \(level), description \(octets[6])"
    note(text, at: now)
    guard waiting == .replies else { return }
    waiting = .nothing
    conclude(.refused(text), at: now, &out)
  }

  mutating func startHandshake(at now: Instant, _ out: inout DialogueOutput) {
    waiting = .handshake
    handshakeStarted = now
    deadlineOrEnd = now + prepared.settings.limit(for: .tls)
    out.actions.append(.startTLS)
  }

  mutating func finishHandshake(
    _ facts: String, binding: [UInt8]?, at now: Instant, _ out: inout DialogueOutput
  ) {
    isSecure = true
    isLoose = false
    channelBinding = binding
    record.lastSecurity = facts
    note("TLS established: \(facts)", at: now)
    out.actions.append(.measured(.tls, nanoseconds: now - handshakeStarted))
    // What was learned in clear text is forgotten (RFC 3207 section 4.2).
    capabilities = nil
    firstHello = nil
    offersPipelining = false
    offersSize = false
    waiting = .nothing
    let step = prepared.steps[current.index]
    if requestedOffer?.hello != nil { return finishHello(facts, step, at: now, &out) }
    switch step.instruction.action {
    case .connect: finishConnect(at: now, &out)
    case .startTLS(.full), .startTLS(.ifOffered):
      write(
        prepared.program.hello, purpose: .hello, phase: .ehlo, step: step, at: now, &out)
    default: conclude(.secured(facts), at: now, &out)
    }
  }

  /// A hello of our own making was answered: no session can follow it.
  private mutating func finishHello(
    _ facts: String, _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    if case .connect = step.instruction.action { record.connections += 1 }
    out.actions.append(.close(.full))
    closeLink(.local, at: now, &out)
    conclude(.secured(facts), at: now, &out)
  }

  /// The hello after the handshake was answered.
  mutating func helloReplied(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    waiting = .nothing
    keepQuiet(afterHello: true, since: now)
    guard summary.code / 100 == 2 else { return answerWithReply(summary, at: now, &out) }
    conclude(.secured(record.lastSecurity), at: now, &out)
  }

  /// A reply ends a step that is made of several exchanges.
  private mutating func answerWithReply(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    let reply = reader.reply(summary)
    conclude(.replies([reply]), at: now, &out)
  }
}

// MARK: AUTH

extension Dialogue {
  mutating func startAuth(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    guard case .auth(let plan) = step.instruction.action,
      mayWrite(at: now, &out)
    else { return }
    do throws(AuthExchange.Refusal) {
      var exchange = try AuthExchange(
        plan, offered: capabilities?.authMechanisms ?? [], binding: channelBinding,
        settings: prepared.settings)
      let command = exchange.command(plan)
      self.exchange = exchange
      writeSecret(command, shown: "AUTH \(exchange.mechanism.rawValue)", at: now, &out)
    } catch {
      conclude(.unable(error.reason), at: now, &out)
    }
  }

  /// Writes a line of an exchange; the transcript shows the part that is no secret.
  private mutating func writeSecret(
    _ line: [UInt8], shown: String, at now: Instant, _ out: inout DialogueOutput
  ) {
    let start = out.octets.count
    out.octets.append(contentsOf: line)
    out.actions.append(.write(start..<out.octets.count))
    if keeps {
      let hides = line.count > shown.utf8.count + 2
      let space = shown.isEmpty ? "" : " "
      let text = hides ? "\(shown)\(space)\(SecretMask.replacement)" : shown
      log(Array("\(text)\r\n".utf8), sentMark, at: now)
    }
    current.sentAt = now
    isLoose = false
    ledger.append(
      Expected(
        purpose: .auth, phase: .auth, due: 1, step: Int32(current.index), member: -1,
        sentAt: current.startedAt))
    waiting = .replies
    deadlineOrEnd = now + prepared.settings.limit(for: .auth)
  }

  mutating func authReplied(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    guard var running = exchange else { return }
    let reply = reader.reply(summary)
    if summary.code == 334, running.cancelled == nil {
      let line = running.answer(toChallenge: reply.challenge)
      if let error = running.cancelled {
        observe(.malformedChallenge, "\(error)", reply: reply, at: now)
      }
      exchange = running
      writeSecret(line, shown: running.cancelled == nil ? "" : "*", at: now, &out)
      return
    }
    exchange = nil
    waiting = .nothing
    if summary.code / 100 == 5, !running.sentCredentials, running.cancelled == nil {
      observe(
        .refusedBeforeCredentials, "\(running.mechanism.rawValue): \(reply.oneLine)", reply: reply,
        at: now)
    }
    if summary.code / 100 == 2, let doubt = running.doubt() {
      observe(.serverNotProven, "\(doubt)", reply: reply, at: now)
      return conclude(
        .unable("success cannot be believed: \(doubt)"), verdict: .fail, at: now, &out)
    }
    conclude(.replies([reply]), at: now, &out)
  }
}
