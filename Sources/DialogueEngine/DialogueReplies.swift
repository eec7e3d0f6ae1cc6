// SPDX-License-Identifier: Apache-2.0
//
// Reads replies, pairs them by counting and keeps the state of the SMTP session that they tell of.

import SMTPWire
import ScenarioLanguage

extension Dialogue {
  /// Takes every complete reply out of the reader.
  mutating func readReplies(at now: Instant, _ out: inout DialogueOutput) {
    do {
      while waiting != .over, waiting != .handshake, !(ahead != nil && current.isAnswered),
        let summary = try reader.next()
      {
        take(summary, at: now, &out)
        firstOctetAt = reader.unread > 0 ? now : nil
      }
    } catch {
      readingFailed("\(error)", at: now, &out)
    }
    // A server that ends its lines with LF alone is given a moment, then taken at its word.
    if waiting == .replies, reader.awaitsCRLF {
      deadlineOrEnd = min(deadlineOrEnd, now + prepared.settings.settling.lenient)
    }
  }

  private mutating func take(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    lastReplyAt = now
    lastReplyCode = summary.code
    if keeps { inspect(reader.reply(summary), summary, at: now) }
    if let due = ledger.first {
      pair(summary, with: due, at: now, &out)
    } else if writer != nil || waiting == .drain {
      takeEarly(summary, at: now, &out)
    } else {
      takeUnasked(summary, at: now, &out)
    }
  }

  /// Enters a reply into the transcript and notes what is wrong with its form.
  private mutating func inspect(_ reply: Reply, _ summary: ReplySummary, at now: Instant) {
    log(reply.octets, receivedMark, at: now)
    if !(200..<600).contains(summary.code) {
      observe(.invalidCode, reply.oneLine, reply: reply, at: now)
    }
    if !summary.observations.isEmpty {
      observe(.malformedReply, reply.oneLine, reply: reply, at: now)
    }
  }

  private mutating func readingFailed(
    _ fault: String, at now: Instant, _ out: inout DialogueOutput
  ) {
    observe(.unboundedReply, fault, at: now)
    out.actions.append(.close(.full))
    lastEnd = .local
    let wasGoodbye = waiting == .goodbye
    closeLink(.local, at: now, &out)
    abandonWriting()
    ledger.removeAll()
    waiting = .nothing
    if wasGoodbye { return leaveParting(at: now, &out) }
    conclude(.unable("the target's reply has no end: \(fault)"), verdict: .fail, at: now, &out)
  }

  // MARK: Pairing

  private mutating func pair(
    _ summary: ReplySummary, with due: Expected, at now: Instant, _ out: inout DialogueOutput
  ) {
    let code = summary.code
    let isComplete = ledger.settleOne()
    let refused = code >= 400
    let enhanced = refused ? reader.enhancedCode(summary) : nil
    // The time of AUTH counts to its last reply.
    if due.purpose != .auth || code != 334 {
      out.actions.append(.measured(due.phase, nanoseconds: now - due.sentAt))
    }
    out.actions.append(.replied(code: code, enhanced: enhanced, due.phase))
    if keeps {
      if replyTimes.count < 200 { replyTimes.append(now - due.sentAt) }
      if code == 421 { observe(.closedBy421, "421 at \(due.phase.rawValue)", at: now) }
    }
    track(due, summary, isComplete: isComplete, &out)
    switch due.purpose {
    case .step: stepReplied(due, summary, enhanced: enhanced, isComplete, at: now, &out)
    case .unjudged: hold(reader.reply(summary), isOwed: true, at: now, &out)
    case .startTLS: startTLSReplied(summary, at: now, &out)
    case .hello: helloReplied(summary, at: now, &out)
    case .auth: authReplied(summary, at: now, &out)
    case .reset, .loneDot:
      if code == 421 { leaveAfter421(summary, at: now, &out) }
      waiting = .nothing
      reportTransaction(at: now, &out)
    case .quit: quitReplied(summary, at: now, &out)
    }
  }

  /// RFC 5321 section 3.8: who says 421 ends the connection, so that nothing more is sent on it.
  private mutating func leaveAfter421(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    closingNotice = mask(reader.reply(summary).oneLine)
    out.actions.append(.close(.full))
    closeLink(.local, at: now, &out)
  }

  /// Keeps the state of the session that the reply tells of.
  private mutating func track(
    _ due: Expected, _ summary: ReplySummary, isComplete: Bool, _ out: inout DialogueOutput
  ) {
    let accepted = summary.code / 100 == 2
    switch due.phase {
    case .mail:
      guard accepted else { return }
      hasOpenTransaction = true
      acceptedRecipients = 0
    case .rcpt: acceptedRecipients += accepted ? 1 : 0
    case .data: isInData = summary.code == 354
    case .body:
      guard isComplete else { return }
      isInData = false
      hasOpenTransaction = false
      acceptedRecipients = 0
    case .ehlo: if accepted { noteCapabilities(summary, &out) }
    case .greeting: if keeps { record.greeting = reader.reply(summary) }
    case .rset: if accepted { hasOpenTransaction = false }
    case .quit: quitCode = summary.code
    case .auth: if accepted { firstHello = nil }
    case .connect, .tls, .starttls, .bdat, .other, .transaction, .session:
      // Raw octets ended the message, if they got a final reply while it was due.
      if due.phase == .other, isInData, summary.code != 354 { isInData = false }
    }
  }

  private mutating func noteCapabilities(_ summary: ReplySummary, _ out: inout DialogueOutput) {
    let reply = reader.reply(summary)
    let hello = out.hello.map { $0.reply == reply } == true ? out.hello : nil
    let offered = hello ?? KnownHello(reply)
    out.hello = offered
    offersPipelining = offered.offersPipelining
    offersSize = offered.offersSize
    capabilities = offered.capabilities
    hasOpenTransaction = false
    acceptedRecipients = 0
    if keeps {
      record.capabilities = offered.capabilities
      firstHello = firstHello ?? reply
    }
  }

  /// What a step that looks at the list of extensions gets to see where another hello is refused: the
  /// list that the first one got, in the same state of the session.
  ///
  /// A server need not take hello again (RFC 5321 section 4.1.4), and what it offers is known.
  private mutating func standIn(
    for reply: Reply, of step: PreparedStep, at now: Instant
  ) -> Reply {
    guard keeps, step.phase == .ehlo, reply.code == 503, !hasOpenTransaction,
      let first = firstHello, step.instruction.expectation.looksAtExtensions
    else { return reply }
    note("no second hello is taken; the list that the first one got is looked at", at: now)
    return first
  }

  /// A step, or one command of a group, got a reply.
  private mutating func stepReplied(
    _ due: Expected, _ summary: ReplySummary, enhanced: EnhancedCode?, _ isComplete: Bool,
    at now: Instant, _ out: inout DialogueOutput
  ) {
    let owner = prepared.steps[Int(due.step)]
    let step = due.member >= 0 ? owner.members[Int(due.member)] : owner
    if current.firstOctetAt == nil { current.firstOctetAt = firstOctetAt ?? now }
    let isHello = due.phase == .ehlo || due.phase == .greeting
    if isHello || summary.code >= 400 { keepQuiet(afterHello: isHello, since: now) }
    if !step.table.isDecisive || keeps || !step.instruction.captures.isEmpty {
      let reply = standIn(for: reader.reply(summary), of: step, at: now)
      capture(step.instruction.captures, from: reply)
      if keeps || !step.table.isDecisive {
        answered(by: reply, step: step, due: due, at: now, &out)
        return
      }
    }
    if !step.table.accepts(summary.code) {
      noteFailure(summary, enhanced: enhanced, phase: due.phase)
    } else if due.phase == .body {
      current.acceptedMessages += 1
    }
    if isComplete { memberDone(owner, at: now) }
  }

  /// Gives further replies a moment before the next command.
  mutating func keepQuiet(afterHello isHello: Bool, since now: Instant) {
    guard prepared.settings.settling.quiet > 0 else { return }
    quietUntil = now + prepared.settings.settling.quiet
    isAfterHello = isHello
  }

  private mutating func noteFailure(
    _ summary: ReplySummary, enhanced: EnhancedCode?, phase: Phase
  ) {
    if phase == .rcpt || (phase == .body && prepared.program.isLMTP) {
      transaction.refusedRecipients += 1
    }
    guard current.failure == nil else { return }
    let reason = reader.reply(summary).oneLine
    current.failure = Failure(
      code: summary.code, enhanced: enhanced, phase: phase,
      reason: SecretMask(prepared.settings.secrets).applied(to: reason))
  }

  /// Whether the step has all its answers now, and what it waits for if not.
  mutating func memberDone(_ owner: PreparedStep, at now: Instant) {
    if current.member >= 0 {
      current.isAnswered = true
    } else if ledger.isEmpty || ahead != nil, writer == nil {
      // What else is due belongs to the envelope that was sent ahead.
      current.isAnswered = true
    } else if writer == nil, let due = ledger.first {
      let next = due.member >= 0 ? owner.members[Int(due.member)] : owner
      deadlineOrEnd = now + limit(of: next)
    }
    if current.isAnswered { waiting = .nothing }
  }

  // MARK: Replies that nobody asked for

  /// A reply while octets are being written.
  private mutating func takeEarly(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    let reply = reader.reply(summary)
    let step = prepared.steps[current.index]
    if step.kind == .write {
      // Raw octets may hold any number of commands: the first reply is the step's answer.
      hold(reply, isOwed: isLoose, at: now, &out)
      guard summary.code == 421, writer != nil else { return }
      logWritten(at: now)
      abandonWriting()
      return finishWriting(step, at: now, &out)
    }
    guard current.early.count < Dialogue.largestUnclaimed else { return }
    current.early.append(reply)
    if current.firstOctetAt == nil { current.firstOctetAt = firstOctetAt ?? now }
    observe(
      .replyDuringData, "after \(current.octetsSent) octets: \(reply.oneLine)", reply: reply,
      at: now)
    // One rule for all: 421 means that the connection is dead, so nothing more is written.
    guard summary.code == 421 else { return }
    logWritten(at: now)
    abandonWriting()
    waiting = .nothing
    current.replies = [reply]
    current.isAnswered = true
  }

  /// A reply with an empty ledger.
  private mutating func takeUnasked(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    let reply = reader.reply(summary)
    switch waiting {
    case .more: countReply(reply, at: now)
    case .goodbye: quitReplied(summary, at: now, &out)
    case .over, .connection, .handshake: return
    case .nothing, .move, .follower, .replies, .drain, .pause, .time, .quiet, .notice:
      hold(reply, isOwed: false, at: now, &out)
    }
  }

  /// Keeps a reply for the step that will ask for it; a flood of them ends the dialogue.
  private mutating func hold(
    _ reply: Reply, isOwed: Bool, at now: Instant, _ out: inout DialogueOutput
  ) {
    guard unclaimed.count < Dialogue.largestUnclaimed else {
      return loseSync(.surplus("replies without end"), at: now, &out)
    }
    unclaimed.append(Unclaimed(reply: reply, at: now, isOwed: isOwed))
  }

  /// Unasked replies that are kept before the target is taken to talk without end.
  static let largestUnclaimed = 64

  /// A server that writes each line of a multi-line reply as a reply of its own: the rest of the
  /// reply to a hello is dropped, so that it is not taken for the answer to what follows.
  mutating func dropSurplusOfHello(at now: Instant) {
    guard !isLoose, lastReplyCode != 421 else { return }
    for surplus in unclaimed where !surplus.isOwed {
      observe(.surplusReply, surplus.reply.oneLine, reply: surplus.reply, at: now)
    }
    unclaimed.removeAll()
  }

  // MARK: Keeping

  mutating func observe(
    _ kind: Observation.Kind, _ text: String, reply: Reply? = nil, at now: Instant
  ) {
    guard record.observations.count < DialogueRecord.largestObservationCount else { return }
    let mask = SecretMask(prepared.settings.secrets)
    record.observations.append(
      Observation(
        kind: kind, instruction: current.index, at: now, text: mask.applied(to: text),
        reply: keeps ? reply : nil))
  }

  private mutating func capture(_ captures: [Capture], from reply: Reply) {
    for capture in captures {
      if let value = capture.source.value(in: reply) { values.captured[capture.name] = value }
    }
  }
}

extension Capture.Source {
  /// What the source yields from a reply, nil where the reply has no such thing.
  func value(in reply: Reply) -> [UInt8]? {
    switch self {
    case .code: return Array("\(reply.code)".utf8)
    case .enhancedCode: return reply.enhancedCode.map { Array($0.description.utf8) }
    case .text: return reply.lastMessage
    case .capability(let keyword):
      let arguments = Capabilities(helloReply: reply).keywords[keyword.uppercased()]
      // A keyword without arguments has no value to use.
      guard let arguments, !arguments.isEmpty else { return nil }
      return Array(arguments.joined(separator: " ").utf8)
    case .between(let before, let after):
      return reply.lastMessage.between(Array(before.utf8), Array(after.utf8))
    }
  }
}

extension [UInt8] {
  /// What stands between the first occurrence of one mark and the next of another.
  ///
  /// Up to the end where the second is empty. nil where a mark is missing.
  func between(_ before: [UInt8], _ after: [UInt8]) -> [UInt8]? {
    guard let start = place(of: before, from: 0) else { return nil }
    if after.isEmpty { return Array(self[(start + before.count)...]) }
    guard let end = place(of: after, from: start + before.count) else { return nil }
    return Array(self[(start + before.count)..<end])
  }

  private func place(of part: [UInt8], from start: Int) -> Int? {
    guard count - start >= part.count else { return nil }
    return (start...(count - part.count)).first { self[$0...].starts(with: part) }
  }
}
