// SPDX-License-Identifier: Apache-2.0
//
// Repeated transactions: what the owner's moves do, when a transaction is over, what it came to,
// and how the session is put in order for the next one.

import SMTPWire
import ScenarioLanguage

extension Dialogue {
  // MARK: Moves

  mutating func perform(
    _ move: SessionMove, at now: Instant, _ out: inout DialogueOutput
  ) {
    switch move {
    case .park: return
    case .finish: finish(.finished, at: now, &out)
    case .transaction(let number, let intended):
      pendingMove = (number, intended)
      thinkThenMove(at: now, &out)
    case .reconnect(let number, let intended):
      pendingMove = (number, intended)
      leave(then: .setup, at: now, &out)
    }
  }

  /// Pauses as long as the program wants between two messages, then does what was asked for.
  ///
  /// A connection that is not used again has been left by then: nobody is kept waiting.
  mutating func thinkThenMove(at now: Instant, _ out: inout DialogueOutput) {
    guard let think = prepared.program.think, hasReported else { return makeMove(at: now, &out) }
    enter(.thinking)
    waiting = .time
    deadlineOrEnd = now + values.nanoseconds(within: think)
  }

  /// Begins the transaction of the pending move, on a fresh connection where there is none; where 421
  /// has ended the last one and the program does not reopen at once, the session is over instead.
  mutating func makeMove(at now: Instant, _ out: inout DialogueOutput) {
    waiting = .nothing
    if link == .open, !closedWhileIdle(at: now, &out) {
      beginTransaction(at: now, &out)
    } else if prepared.program.after421 != .reopen, closingNotice?.hasPrefix("421") == true {
      finish(.finished, at: now, &out)
    } else {
      enter(.setup)
    }
  }

  /// Whether a 421 has come while the session had nothing to say.
  ///
  /// That is no failed transaction: nothing was written yet.
  private mutating func closedWhileIdle(at now: Instant, _ out: inout DialogueOutput) -> Bool {
    guard let notice = unclaimed.first, notice.reply.code == 421 else { return false }
    observe(.idleClose, notice.reply.oneLine, reply: notice.reply, at: now)
    closingNotice = mask(notice.reply.oneLine)
    unclaimed.removeAll()
    out.actions.append(.close(.full))
    closeLink(.local, at: now, &out)
    return true
  }

  mutating func beginTransaction(at now: Instant, _ out: inout DialogueOutput) {
    transaction = TransactionState()
    transaction.isRunning = true
    transaction.started = now
    if let move = pendingMove {
      transaction.number = move.number
      transaction.intended = move.intended
      values.message = move.number
    }
    pendingMove = nil
    // The size of a message whose envelope is out was asked for.
    if ahead == nil { message = nil }
    transactionsOnConnection += 1
    waiting = .nothing
    let isFurther = transactionsOnConnection > 1 && !prepared.program.between.isEmpty
    enter(isFurther ? .between : .transaction)
  }

  // MARK: Steps in a load

  /// The code that decides a transaction when the answer is no reply.
  mutating func noteAnswerInLoad(_ answer: Answer, step: PreparedStep, verdict: Verdict?) {
    ledger.removeAll()
    let phase = current.member >= 0 ? step.members[current.member].phase : step.phase
    let expectation = step.instruction.expectation
    switch answer {
    case .replies(let replies):
      guard let reply = replies.last, !step.table.accepts(reply.code) else { return }
      fail(with: reply, phase: phase)
    case .secured: return
    case .silence where expectation.has(.silence) && verdict == nil: return
    case .closed where expectation.has(.close) && verdict == nil: return
    case .refused where expectation.has(.refused) && verdict == nil: return
    case .closed, .silence, .refused, .unable:
      var reason = answer.description
      if let closingNotice { reason += " after \(closingNotice)" }
      let failure = Failure(code: 0, phase: phase, reason: mask(reason), isLoss: true)
      if current.failure == nil { current.failure = failure }
    }
  }

  mutating func noteEarlyInLoad(_ reply: Reply) {
    // A success before the end of the message is none: the rest was never taken.
    fail(with: reply, phase: .body)
    if reply.code < 400 { current.failure?.isLoss = true }
  }

  private mutating func fail(with reply: Reply, phase: Phase) {
    let failure = Failure(
      code: reply.code, enhanced: reply.enhancedCode, phase: phase, reason: mask(reply.oneLine))
    if current.failure == nil { current.failure = failure }
  }

  /// Goes on after a step of a load.
  mutating func goOnInLoad(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    waiting = .nothing
    switch section {
    case .teardown, .parting, .hold, .thinking: return advance()
    case .setup:
      guard let failure = current.failure else { return advance() }
      finish(
        .setupFailed(stage: failure.phase, code: failure.code, reason: failure.reason), at: now,
        &out)
    case .between, .transaction:
      if current.member >= 0 { return goOnWithMember(of: step, at: now, &out) }
      // LMTP: taken for one recipient is taken; the others are counted.
      if current.acceptedMessages > 0, current.failure?.isLoss == false { current.failure = nil }
      guard let failure = current.failure else {
        if step.phase == .body || step.phase == .bdat { forgivePartialRefusal() }
        return advance()
      }
      transaction.failure = transaction.failure ?? failure
      if endsTransaction(failure, after: step) {
        endTransaction(at: now, &out)
      } else {
        advance()
      }
    }
  }

  /// A message that was taken for some recipients was accepted; the refused ones are counted.
  private mutating func forgivePartialRefusal() {
    if let failure = transaction.failure, failure.phase == .rcpt, !failure.isLoss {
      transaction.failure = nil
    }
  }

  /// Whether nothing of the transaction can follow after this failure.
  ///
  /// A refused recipient alone does not end it: others may have been accepted.
  private func endsTransaction(_ failure: Failure, after step: PreparedStep) -> Bool {
    if failure.isLoss || failure.code == 421 || link != .open { return true }
    guard failure.phase == .rcpt else { return true }
    guard step.kind == .group else { return false }
    let askedForData = step.members.contains { $0.phase == .data }
    return askedForData ? !(isInData && acceptedRecipients > 0) : false
  }

  /// The next command of a group that goes out one by one.
  private mutating func goOnWithMember(
    of step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    if let failure = current.failure {
      transaction.failure = transaction.failure ?? failure
      current.failure = nil
      if failure.phase != .rcpt || failure.isLoss || failure.code == 421 || link != .open {
        return endTransaction(at: now, &out)
      }
    }
    let next = current.member + 1
    guard next < step.members.count else { return advance() }
    if step.members[next].phase == .data, hasNoRecipient { return endTransaction(at: now, &out) }
    current.member = next
    current.replies.removeAll()
    current.startedAt = now
    startMember(of: step, at: now, &out)
  }

  /// Whether recipients were asked for and all refused.
  var hasNoRecipient: Bool {
    acceptedRecipients == 0 && transaction.failure?.phase == .rcpt
  }

  // MARK: Ends

  /// The transaction's result is known; leaves the session fit for the next one.
  mutating func endTransaction(at now: Instant, _ out: inout DialogueOutput) {
    transaction.ended =
      transaction.failure?.isLoss == true ? now : max(lastReplyAt, transaction.started)
    waiting = .nothing
    current.isAnswered = false
    guard link == .open else { return reportTransaction(at: now, &out) }
    if transaction.failure?.code == 421 || transaction.failure?.isLoss == true || writer != nil
      || (isInData && acceptedRecipients > 0)
    {
      // 421 means that the connection is dead; in the other cases no reply can be told from another.
      abandonWriting()
      out.actions.append(.close(.full))
      closeLink(.local, at: now, &out)
      return reportTransaction(at: now, &out)
    }
    if isInData {
      // RFC 2920 section 3.1: DATA was accepted though no recipient was.
      write(Array(".\r\n".utf8), purpose: .loneDot, phase: .body, step: nil, at: now, &out)
    } else if hasOpenTransaction, transaction.failure != nil {
      write(Array("RSET\r\n".utf8), purpose: .reset, phase: .rset, step: nil, at: now, &out)
    } else {
      reportTransaction(at: now, &out)
    }
  }

  mutating func reportTransaction(at now: Instant, _ out: inout DialogueOutput) {
    let failure = transaction.failure
    let code = lastReplyCode
    let result = TransactionResult(
      outcome: failure?.outcome ?? .accepted, number: transaction.number,
      intended: transaction.intended, started: transaction.started, ended: transaction.ended,
      code: failure.map(\.code) ?? code, enhanced: failure?.enhanced,
      stage: failure?.phase ?? .transaction, octets: transaction.octets,
      refusedRecipients: transaction.refusedRecipients, position: transactionsOnConnection,
      fellBackToLockStep: transaction.fellBack, reason: failure?.reason,
      connectionIsOpen: link == .open)
    transaction.isRunning = false
    hasReported = true
    transactionResult = result
    waiting = .move
    deadlineOrEnd = .endOfTime
    out.actions.append(.measured(.transaction, nanoseconds: result.ended - result.started))
    out.actions.append(.finished)
  }
}

extension Dialogue.Failure {
  var outcome: TransactionResult.Outcome {
    if isLoss { return .lost }
    if code == 421 { return .throttled }
    guard code / 100 == 4 else { return .rejected }
    return enhanced.map { $0.subject == 7 || $0.subject == 5 } == true ? .throttled : .deferred
  }
}
