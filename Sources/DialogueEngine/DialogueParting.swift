// SPDX-License-Identifier: Apache-2.0
//
// Ends: of connections, of waits, of the dialogue. Says QUIT on every ordinary path.

import SMTPWire
import ScenarioLanguage

extension Dialogue {
  // MARK: Our end

  /// Whether the script's own handshake stands and the server has not greeted: it would take QUIT
  /// for input before its greeting.
  var isUngreeted: Bool { requestedOffer != nil && lastReplyCode == 0 }

  /// A command of the script's makes pairing begin anew; our own QUIT does not: replies to raw
  /// octets before it may still come.
  mutating func settle(isQuit: Bool = false) {
    if section != .teardown, !isQuit { isLoose = false }
  }

  /// Ends the connection politely, then goes on as said.
  mutating func part(
    then next: AfterParting, at now: Instant, _ out: inout DialogueOutput
  ) {
    afterParting = next
    if next != .connect { enter(.parting) }
    guard link != .closed else { return leaveParting(at: now, &out) }
    let hasOpenMessage = isInData || writer != nil
    // In the middle of a message QUIT would be text of the message.
    if hasOpenMessage || isUngreeted || link == .halfClosed
      || (!keeps && (saidGoodbye || lastReplyCode == 421))
    {
      abandonWriting()
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
      return leaveParting(at: now, &out)
    }
    waiting = .goodbye
    if !saidGoodbye, lastReplyCode != 421 {
      saidGoodbye = true
      write(Array("QUIT\r\n".utf8), purpose: .quit, phase: .quit, step: nil, at: now, &out)
      waiting = .goodbye
    }
    deadlineOrEnd = now + prepared.settings.limit(for: .quit)
  }

  /// A reply after QUIT, or after the 421 that made QUIT needless.
  mutating func quitReplied(
    _ summary: ReplySummary, at now: Instant, _ out: inout DialogueOutput
  ) {
    waiting = .goodbye
    repliesToQuit += 1
    if !keeps || repliesToQuit > Dialogue.largestUnclaimed {
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
      return leaveParting(at: now, &out)
    }
    let reply = reader.reply(summary)
    if repliesToQuit > 1 || quitCode != summary.code {
      // Counting shows it: the reply to QUIT came one too late, so one before was not asked for.
      if summary.code == 221, quitCode != 221, quitCode != 0, !isLoose, record.desync == nil {
        observe(.surplusReply, "seen at QUIT: one reply more than commands", at: now)
        record.desync = .surplus("one reply more than commands, seen at QUIT")
      } else {
        observe(.quitOddity, reply.oneLine, reply: reply, at: now)
      }
    } else if summary.code != 221 {
      observe(.quitOddity, reply.oneLine, reply: reply, at: now)
    }
  }

  /// The connection is gone and what was to follow follows.
  mutating func leaveParting(at now: Instant, _ out: inout DialogueOutput) {
    waiting = .nothing
    deadlineOrEnd = .endOfTime
    ledger.removeAll()
    switch afterParting {
    case .connect: return
    case .setup: thinkThenMove(at: now, &out)
    case .end:
      ending = pendingEnding
      waiting = .over
      out.actions.append(.over)
    }
  }

  // MARK: The connection's end

  /// Bookkeeping for a connection that is gone, whoever ended it.
  mutating func closeLink(
    _ end: ConnectionEnd, at now: Instant, _ out: inout DialogueOutput
  ) {
    guard link != .closed else { return }
    link = .closed
    lastEnd = end
    isSecure = false
    ahead = nil
    reader.discard()
    firstOctetAt = nil
    deadlineOrEnd = .endOfTime
    if keeps { note("connection \(end)", at: now) }
    out.actions.append(.measured(.session, nanoseconds: now - connectStarted))
    out.actions.append(.connectionEnded)
  }

  mutating func connectionEnded(
    _ end: ConnectionEnd, at now: Instant, _ out: inout DialogueOutput
  ) {
    if waiting == .replies { _ = takeUnfinishedLine(at: now, &out) }
    noteCircumstances(of: end, at: now)
    let waited = waiting
    let due = ledger.first
    let deadline = deadlineOrEnd
    closeLink(end, at: now, &out)
    switch waited {
    case .goodbye: leaveParting(at: now, &out)
    case .more: current.isAnswered = true
    case .replies where due?.purpose == .reset || due?.purpose == .loneDot:
      ledger.removeAll()
      waiting = .nothing
      reportTransaction(at: now, &out)
    case .replies, .drain, .pause:
      if writer != nil { logWritten(at: now) }
      let wasWriting = writer != nil
      abandonWriting()
      let step = prepared.steps[current.index]
      if wasWriting, step.kind == .write { return writeFailed(step, at: now, &out) }
      answerEarly() ? () : conclude(.closed(end), at: now, &out)
    case .handshake: conclude(.closed(end), at: now, &out)
    case .quiet, .notice: waiting = .nothing
    case .time:
      // The pause goes on; the next step will find the connection gone.
      deadlineOrEnd = deadline
    case .nothing, .move, .follower, .connection, .over: break
    }
    if waited == .more { waiting = .nothing }
  }

  /// What was noticed about the end: half a reply, replies nobody asked for, a missing alert.
  private mutating func noteCircumstances(of end: ConnectionEnd, at now: Instant) {
    if reader.unread > 0 {
      let text = OctetText.shortened(WireText.escaped(reader.unreadOctets), to: 300)
      log(reader.unreadOctets, receivedMark, at: now)
      observe(.endedInsideReply, text, at: now)
    }
    if end == .truncated {
      observe(.truncatedTLS, saidGoodbye ? "after QUIT" : "before QUIT", at: now)
    }
    let extra = unclaimed.filter { !$0.isOwed }
    guard let first = extra.first, !isLoose else { return }
    closingNotice = mask(extra.map(\.reply.oneLine).joined(separator: "; "))
    let isIdle = first.reply.code == 421 && (waiting == .move || waiting == .time)
    observe(
      isIdle ? .idleClose : .closingNotice, closingNotice ?? "", reply: first.reply, at: now)
  }

  /// Takes the reply that came during the message for its answer.
  private mutating func answerEarly() -> Bool {
    guard let early = current.early.first else { return false }
    ledger.removeAll()
    current.replies = [early]
    current.isAnswered = true
    waiting = .nothing
    if !keeps { noteEarlyInLoad(early) }
    return true
  }

  // MARK: Limits

  /// The present wait is over.
  mutating func limitPassed(at now: Instant, _ out: inout DialogueOutput) {
    switch waiting {
    case .connection:
      out.actions.append(.close(.full))
      connectFailed(
        "no connection within \(Seconds.text(prepared.settings.limit(for: .connect)))", at: now,
        into: &out)
    case .handshake:
      out.actions.append(.close(.full))
      let limit = Seconds.text(prepared.settings.limit(for: .tls))
      handshakeFailed("the handshake was not finished within \(limit)", at: now, into: &out)
    case .replies:
      if takeUnfinishedLine(at: now, &out) { return }
      replyMissing(at: now, &out)
    case .more:
      waiting = .nothing
      current.isAnswered = true
    case .drain: writingStalled(at: now, &out)
    case .pause: pump(at: now, &out)
    case .time:
      switch section {
      case .hold: finish(.finished, at: now, &out)
      case .thinking: makeMove(at: now, &out)
      default: advance()
      }
    case .quiet: waiting = .nothing
    case .notice: noticeIsNone(at: now, &out)
    case .goodbye:
      if keeps { observe(.quitOddity, "the target did not end the connection", at: now) }
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
      leaveParting(at: now, &out)
    case .nothing, .move, .follower, .over: break
    }
  }

  /// Takes a line that ends in a bare LF for a reply.
  /// - Returns: whether there was one.
  private mutating func takeUnfinishedLine(
    at now: Instant, _ out: inout DialogueOutput
  ) -> Bool {
    guard reader.awaitsCRLF else { return false }
    reader.flushLenient()
    deadlineOrEnd = now + limit(of: prepared.steps[current.index])
    readReplies(at: now, &out)
    return true
  }

  private mutating func replyMissing(at now: Instant, _ out: inout DialogueOutput) {
    let step = prepared.steps[current.index]
    let purpose = ledger.first?.purpose ?? .step
    if purpose == .reset || purpose == .loneDot {
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
      ledger.removeAll()
      waiting = .nothing
      return reportTransaction(at: now, &out)
    }
    if !current.early.isEmpty {
      observe(.onlyReplyDuringData, current.early[0].oneLine, reply: current.early[0], at: now)
      isLoose = true
      isInData = false
      _ = answerEarly()
      return
    }
    let answer = Answer.silence(now - current.sentAt)
    if step.instruction.expectation.has(.silence) {
      ledger.removeAll()
      isLoose = true
      return conclude(answer, at: now, &out)
    }
    let isOwed = !isLoose || section != .teardown
    if isOwed, step.kind != .await || step.phase == .greeting {
      let label = mask(
        step.instruction.label.isEmpty ? step.phase.rawValue : step.instruction.label)
      observe(.missingReply, label, at: now)
      record.desync = record.desync ?? .missing(label)
    }
    isLoose = true
    if !keeps {
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
    }
    conclude(answer, at: now, &out)
  }

  private mutating func writingStalled(at now: Instant, _ out: inout DialogueOutput) {
    logWritten(at: now)
    abandonWriting()
    out.actions.append(.close(.full))
    closeLink(.local, at: now, &out)
    let limit = Seconds.text(prepared.settings.limits.block.wholeNanoseconds)
    if answerEarly() { return }
    conclude(
      .unable("the target took no octet of the message for \(limit)"), verdict: .fail, at: now, &out
    )
  }

  /// The connection did not end after an unasked reply.
  private mutating func noticeIsNone(at now: Instant, _ out: inout DialogueOutput) {
    waiting = .nothing
    guard let first = unclaimed.first(where: { !$0.isOwed })?.reply else { return }
    guard first.code != 421 else {
      // 421 says that the connection is over, whether the target has ended it yet or not.
      observe(.idleClose, first.oneLine, reply: first, at: now)
      closingNotice = mask(first.oneLine)
      unclaimed.removeAll()
      out.actions.append(.close(.full))
      return closeLink(.local, at: now, &out)
    }
    loseSync(.surplus(mask(first.oneLine)), at: now, &out)
  }

  /// Commands and replies can no longer be paired: the dialogue is over.
  mutating func loseSync(
    _ desync: Desync, at now: Instant, _ out: inout DialogueOutput
  ) {
    let reply = unclaimed.first(where: { !$0.isOwed })?.reply
    observe(.surplusReply, desync.description, reply: reply, at: now)
    record.desync = record.desync ?? desync
    unclaimed.removeAll()
    isLoose = true
    abandonWriting()
    // An answer that is there already keeps its worth; what follows it has none.
    if section == .teardown || section == .parting || current.isAnswered { return }
    conclude(.unable(desync.description), verdict: .fail, at: now, &out)
  }
}
