// SPDX-License-Identifier: Apache-2.0
//
// What an answer means for the dialogue: steps are judged and either lead to the next one or end
// the whole.

import SMTPWire
import ScenarioLanguage

extension Dialogue {
  // MARK: Collecting

  /// A reply that is judged by more than its code.
  mutating func answered(
    by reply: Reply, step: PreparedStep, due: Expected? = nil, at now: Instant,
    _ out: inout DialogueOutput
  ) {
    if keeps, let due, due.member >= 0 {
      return memberAnswered(by: reply, step: step, due: due, at: now)
    }
    current.replies.append(reply)
    if step.instruction.expectation.countsReplies {
      waiting = .more
      deadlineOrEnd = current.sentAt + limit(of: step)
      if current.replies.count >= 2 { completeStep() }
      return
    }
    if ledger.isEmpty, writer == nil {
      completeStep()
    } else if writer == nil {
      deadlineOrEnd = now + limit(of: step)
    }
  }

  private mutating func memberAnswered(
    by reply: Reply, step: PreparedStep, due: Expected, at now: Instant
  ) {
    let judged = step.instruction.expectation.judge(
      .replies([reply]), origin: prepared.steps[current.index].instruction.origin,
      phase: step.phase)
    keep(judged, .replies([reply]), step: step, member: Int(due.member), at: now)
    current.judged = current.judged?.combined(with: judged) ?? judged
    memberDone(prepared.steps[current.index], at: now)
  }

  private mutating func completeStep() {
    current.isAnswered = true
    waiting = .nothing
  }

  /// A further reply to a step that counts them.
  mutating func countReply(_ reply: Reply, at now: Instant) {
    current.replies.append(reply)
    if current.replies.count >= 2 { completeStep() }
  }

  // MARK: Concluding

  /// The step's replies are complete.
  mutating func concludeReplies(at now: Instant, _ out: inout DialogueOutput) {
    current.isAnswered = false
    let step = prepared.steps[current.index]
    if step.kind == .bdat, continueChunks(step, at: now, &out) { return }
    if keeps {
      // The commands of a group were judged one by one.
      let judged: Judged
      if let already = current.judged {
        judged = already
      } else {
        judged = judgeReplies(of: step)
        keep(judged, .replies(current.replies), step: step, member: nil, at: now)
      }
      goOn(judged, step: step, at: now, &out)
    } else {
      judgeInLoad(step)
      goOnInLoad(step, at: now, &out)
    }
  }

  /// Several replies to one step are worth what the worst of them is, unless the script counts.
  private func judgeReplies(of step: PreparedStep) -> Judged {
    let expectation = step.instruction.expectation
    let origin = step.instruction.origin
    if expectation.countsReplies || current.replies.count <= 1 {
      return expectation.judge(.replies(current.replies), origin: origin, phase: step.phase)
    }
    return current.replies.map {
      expectation.judge(.replies([$0]), origin: origin, phase: step.phase)
    }.reduce(Judged(verdict: nil)) { $0.combined(with: $1) }
  }

  /// Judges what the code alone does not decide.
  private mutating func judgeInLoad(_ step: PreparedStep) {
    guard current.failure == nil, !current.replies.isEmpty else { return }
    let judged = judgeReplies(of: step)
    if judged.goesOn { return }
    if judged.decides, judged.verdict != .fail, judged.verdict != .inconclusive {
      cursor = sectionEnd - 1
      return
    }
    guard let reply = current.replies.last else { return }
    current.failure = Failure(
      code: reply.code, enhanced: reply.enhancedCode, phase: step.phase,
      reason: mask(step.table.accepts(reply.code) ? judged.reason ?? "" : reply.oneLine))
  }

  /// The step got something else than the replies it waited for, or is a step without any.
  /// - Parameter verdict: what it is worth, whatever the script says.
  mutating func conclude(
    _ answer: Answer, verdict: Verdict? = nil, at now: Instant, _ out: inout DialogueOutput
  ) {
    let step = prepared.steps[current.index]
    waiting = .nothing
    guard keeps else {
      noteAnswerInLoad(answer, step: step, verdict: verdict)
      return goOnInLoad(step, at: now, &out)
    }
    var judged: Judged
    if step.kind == .group {
      judged = concludeMembers(of: step, answer, at: now)
    } else {
      let origin = step.instruction.origin
      judged = step.instruction.expectation.judge(
        answer, origin: origin, phase: step.phase, handshake: handshake)
      if let verdict {
        let reason = answer.description
        judged = Judged(verdict: origin == .harness ? .inconclusive : verdict, reason: reason)
      }
      if case .closed = answer, let closingNotice {
        let before = judged.reason.map { "\($0), " } ?? ""
        judged.reason = "\(before)unasked before the end: \(closingNotice)"
      }
      keep(judged, answer, step: step, member: nil, at: now)
    }
    ledger.removeAll()
    goOn(judged, step: step, at: now, &out)
  }

  /// The commands of a group that have no reply all get the same answer.
  private mutating func concludeMembers(
    of step: PreparedStep, _ answer: Answer, at now: Instant
  ) -> Judged {
    var worst = current.judged
    let origin = step.instruction.origin
    let first = ledger.first.map { Int($0.member) } ?? 0
    for place in max(0, first)..<step.members.count {
      let member = step.members[place]
      let judged = member.instruction.expectation.judge(
        answer, origin: origin, phase: member.phase)
      keep(judged, answer, step: member, member: place, at: now)
      worst = worst?.combined(with: judged) ?? judged
    }
    return worst ?? Judged(verdict: nil)
  }

  // MARK: Going on

  private mutating func goOn(
    _ judged: Judged, step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    if step.kind == .message || step.kind == .bdat { values.message += 1 }
    if section == .teardown || judged.goesOn { return advance() }
    guard section == .setup, step.instruction.origin == .harness else {
      return finish(.finished, at: now, &out)
    }
    let outcome = record.steps.last
    var code: UInt16 = 0
    if case .replies(let replies) = outcome?.answer { code = replies.last?.code ?? 0 }
    let reason = "\(outcome?.label ?? step.phase.rawValue): \(outcome?.answer.description ?? "")"
    finish(
      .setupFailed(stage: step.phase, code: code, reason: mask(reason)), at: now, &out)
  }

  /// Enters a judged step.
  mutating func keep(
    _ judged: Judged, _ answer: Answer, step: PreparedStep, member: Int?, at now: Instant
  ) {
    guard keeps else { return }
    let instruction = step.instruction
    let secrets = SecretMask(prepared.settings.secrets)
    let outcome = StepOutcome(
      instruction: current.index, member: member, label: mask(instruction.label),
      position: instruction.position, origin: prepared.steps[current.index].instruction.origin,
      phase: step.phase, isPartOfTeardown: section == .teardown, verdict: judged.verdict,
      expected: instruction.expectation.words, answer: answer,
      reason: judged.reason.map { secrets.applied(to: $0) },
      sentAt: current.sentAt, firstOctetAt: current.firstOctetAt, answeredAt: now,
      octetsSent: current.octetsSent, measure: instruction.measure,
      isNamed: instruction.expectation.names(answer))
    record.steps.append(outcome)
    if let name = instruction.measure { record.measured[name] = now - current.startedAt }
    guard let verdict = judged.verdict, verdict != .pass else { return }
    note(
      "\(verdict.rawValue): \(instruction.label): expected \(outcome.expected.isEmpty ? "nothing" : outcome.expected), got \(answer)",
      at: now)
  }

  func mask(_ text: String) -> String {
    SecretMask(prepared.settings.secrets).applied(to: text)
  }

  // MARK: Sections

  /// The section has no further step.
  mutating func leaveSection(at now: Instant, _ out: inout DialogueOutput) {
    switch section {
    case .setup:
      if !keeps { capabilities = nil }
      if pendingMove != nil || keeps {
        beginTransaction(at: now, &out)
      } else {
        waiting = .move
        deadlineOrEnd = .endOfTime
        out.actions.append(.ready)
      }
    case .thinking: makeMove(at: now, &out)
    case .between:
      transaction.started = now
      enter(.transaction)
    case .transaction:
      guard keeps else { return endTransaction(at: now, &out) }
      guard let hold = prepared.program.schedule.hold, link == .open else {
        return finish(.finished, at: now, &out)
      }
      enter(.hold)
      waiting = .time
      deadlineOrEnd = now + hold.wholeNanoseconds
    case .hold: finish(.finished, at: now, &out)
    case .teardown: part(then: afterParting, at: now, &out)
    case .parting: leaveParting(at: now, &out)
    }
  }

  /// Ends the dialogue: teardown, QUIT, over.
  mutating func finish(
    _ ending: SessionEnding, at now: Instant, _ out: inout DialogueOutput
  ) {
    pendingEnding = ending
    leave(then: .end, at: now, &out)
  }

  /// Runs the teardown where the connection still allows it, and parts.
  mutating func leave(
    then next: AfterParting, at now: Instant, _ out: inout DialogueOutput
  ) {
    waiting = .nothing
    current.isAnswered = false
    afterParting = next
    let isUsable =
      link == .open && !isInData && writer == nil && !saidGoodbye && lastReplyCode != 421
      && record.desync == nil && !hasNoGreeting && pendingEnding != .cancelled
    if isUsable, !prepared.program.teardown.isEmpty {
      enter(.teardown)
    } else {
      part(then: next, at: now, &out)
    }
  }
}
