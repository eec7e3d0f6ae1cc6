// SPDX-License-Identifier: Apache-2.0
//
// Writes: commands, groups, raw octets, messages and chunks.

import MailContent
import SMTPWire
import ScenarioLanguage

extension Dialogue {
  /// Whether a write may go out now.
  ///
  /// Where not, the step was concluded (the connection is gone) or waits and is started again.
  ///
  /// - Parameter keepsSpill: leaves replies that spill over from raw octets to the step.
  mutating func mayWrite(
    keepsSpill: Bool = false, at now: Instant, _ out: inout DialogueOutput
  ) -> Bool {
    guard link == .open else {
      conclude(.closed(lastEnd), at: now, &out)
      return false
    }
    if mustKeepQuiet(at: now) { return false }
    let isSpill = keepsSpill && isSpilling
    isSpilling = false
    if isSpill { return true }
    if isLoose || unclaimed.allSatisfy(\.isOwed) {
      if !unclaimed.isEmpty { unclaimed.removeAll() }
      return true
    }
    waiting = .notice
    deadlineOrEnd = now + prepared.settings.settling.notice
    return false
  }

  /// Whether further replies to the last command are still given time; the step waits then and is
  /// started again.
  private mutating func mustKeepQuiet(at now: Instant) -> Bool {
    guard let quiet = quietUntil else { return false }
    if now < quiet {
      waiting = .quiet
      deadlineOrEnd = quiet
      return true
    }
    quietUntil = nil
    if isAfterHello { dropSurplusOfHello(at: now) }
    return false
  }

  // MARK: Commands

  mutating func startSend(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    guard mayWrite(keepsSpill: step.awaits, at: now, &out) else { return }
    guard let range = render(step, line: true, at: now, &out) else { return }
    out.actions.append(.write(range))
    sent(step, at: now)
    if step.awaits, !unclaimed.isEmpty {
      let spilt = unclaimed.removeFirst()
      current.firstOctetAt = spilt.at
      // There may be more, and nobody can tell to which of the octets.
      isLoose = true
      answered(by: spilt.reply, step: step, at: now, &out)
      if current.isAnswered { return }
    } else {
      ledger.append(expected(step.awaits ? .step : .unjudged, step, at: now))
    }
    if step.awaits { awaitReplies(step, since: now) } else { advance() }
  }

  /// Bookkeeping for a command that went out.
  mutating func sent(_ step: PreparedStep, at now: Instant) {
    current.sentAt = now
    settle(isQuit: step.phase == .quit)
    if step.phase == .quit { saidGoodbye = true }
  }

  mutating func startGroup(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    if let ahead, ahead.number == transaction.number {
      return takeUpAhead(step, sentAt: ahead.sentAt, at: now, &out)
    }
    guard mayWrite(at: now, &out) else { return }
    guard keeps || offersPipelining || !(section == .transaction || section == .between) else {
      // RFC 2920 section 3.1: groups only where PIPELINING is offered.
      transaction.fellBack = true
      current.member = 0
      return startMember(of: step, at: now, &out)
    }
    guard case .group(_, let cut) = step.instruction.action else { return }
    let start = out.octets.count
    if let octets = step.groupOctets {
      out.octets.append(contentsOf: octets)
      if keeps { logSent(start..<out.octets.count, secrets: [], at: now, out) }
    } else {
      for member in step.members {
        guard render(member, line: true, at: now, &out) != nil else { return }
      }
    }
    let range = start..<out.octets.count
    expectMembers(ofGroup: current.index, at: now)
    sent(step, at: now)
    if step.members.last?.phase == .quit { saidGoodbye = true }
    if cut == .whole {
      out.actions.append(.write(range))
      awaitMembers(of: step, at: now)
    } else {
      let octets = Array(out.octets[range])
      out.octets.removeSubrange(range)
      writer = BodyWriter(
        octets: octets, shape: WriteShape(cut: cut), cutPause: prepared.settings.settling.cut,
        at: now)
      pump(at: now, &out)
    }
  }

  /// A reply to each command of a group, which need not be the present step, is due.
  mutating func expectMembers(ofGroup index: Int, at now: Instant) {
    for (place, member) in prepared.steps[index].members.enumerated() {
      var due = expected(.step, member, member: place, at: now)
      due.step = Int32(index)
      ledger.append(due)
    }
  }

  /// One command of a group, alone.
  mutating func startMember(of step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    let member = step.members[current.member]
    guard let range = render(member, line: true, at: now, &out) else { return }
    out.actions.append(.write(range))
    sent(member, at: now)
    ledger.append(expected(.step, member, member: current.member, at: now))
    awaitReplies(member, since: now)
  }

  /// Waits for the replies of a group whose octets are all out.
  mutating func awaitMembers(of step: PreparedStep, at now: Instant) {
    guard let due = ledger.first else {
      current.isAnswered = true
      waiting = .nothing
      return
    }
    let isOurs = due.step == Int32(current.index) && due.member >= 0
    awaitReplies(isOurs ? step.members[Int(due.member)] : step, since: now)
  }

  // MARK: Octets

  mutating func startWrite(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    guard case .write(_, let shape) = step.instruction.action else { return }
    guard link == .open else { return writeFailed(step, at: now, &out) }
    if step.awaits ? !mayWrite(at: now, &out) : mustKeepQuiet(at: now) { return }
    guard let range = render(step, line: false, at: now, &out) else { return }
    // Raw octets may hold any number of commands; as content of a message they get one answer.
    isLoose = !isInData || !step.awaits
    isSpilling = keeps && step.awaits
    current.sentAt = now
    if shape == .plain, range.count <= BodyWriter.largestPortion {
      out.actions.append(.write(range))
      current.octetsSent = range.count
      return finishWriting(step, at: now, &out)
    }
    let octets = Array(out.octets[range])
    out.octets.removeSubrange(range)
    var following: [UInt8]?
    if let then = shape.then {
      var secrets: [Range<Int>] = []
      var second: [UInt8] = []
      let template = PreparedTemplate(then.write, prepared.settings)
      let lacking = values.render(
        template, feed: prepared.settings.feed, seed: prepared.settings.seed, into: &second,
        secrets: &secrets)
      if let lacking { return concludeUnset(lacking, at: now, &out) }
      following = second
    }
    writer = BodyWriter(
      octets: octets, shape: shape, following: following,
      cutPause: prepared.settings.settling.cut, at: now)
    pump(at: now, &out)
  }

  /// The connection ended under raw octets.
  ///
  /// Where they ask for no answer, the next step that does will find out.
  mutating func writeFailed(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    waiting = .nothing
    if step.awaits, let first = unclaimed.first {
      unclaimed.removeFirst()
      return answered(by: first.reply, step: step, at: now, &out)
    }
    guard step.awaits else {
      note("not everything was written: connection \(lastEnd)", at: now)
      return advance()
    }
    conclude(.closed(lastEnd), at: now, &out)
  }

  // MARK: Messages

  /// The message that the next message step of this section sends; made once, when something asks.
  mutating func nextMessage() -> Message? {
    guard let index = prepared.factoryIndex(from: cursor, to: sectionEnd),
      let factory = prepared.steps[index].factory
    else { return nil }
    if let pending = message, pending.step == index { return pending.message }
    let made = factory.message(session: values.session, number: values.message)
    message = PendingMessage(step: index, message: made)
    return made
  }

  mutating func startMessage(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    guard case .message(_, let shape) = step.instruction.action else { return }
    if shape.isOnlyWhenAsked, !isInData { return advance() }
    guard mayWrite(at: now, &out), let content = nextMessage() else { return }
    message = nil
    transaction.octets += content.size
    var cursor = content.dataCursor()
    isLoose = false
    if !keeps, shape == .plain, content.size <= BodyWriter.largestPortion {
      let start = out.octets.count
      while cursor.write(into: &out.octets, atMost: .max) {}
      if maySendAhead {
        waiting = .follower
        contentStart = start
        return out.actions.append(.mayFollow)
      }
      current.octetsSent = out.octets.count - start
      out.actions.append(.write(start..<out.octets.count))
      return finishWriting(step, at: now, &out)
    }
    if shape.cut == .whole {
      writer = BodyWriter(message: cursor, shape: shape, at: now)
    } else {
      var octets: [UInt8] = []
      while cursor.write(into: &octets, atMost: .max) {}
      writer = BodyWriter(
        octets: octets, shape: shape, cutPause: prepared.settings.settling.cut, at: now)
    }
    pump(at: now, &out)
  }

  /// Writes the next portion, or finishes.
  mutating func pump(at now: Instant, _ out: inout DialogueOutput) {
    let step = prepared.steps[current.index]
    let start = out.octets.count
    let result = writer?.next(at: now, into: &out.octets) ?? .complete
    switch result {
    case .portion:
      logPortion(start..<out.octets.count, at: now, out)
      out.actions.append(.writeAndReport(start..<out.octets.count))
      current.octetsSent = writer?.written ?? 0
      waiting = .drain
      deadlineOrEnd = now + prepared.settings.limits.block.wholeNanoseconds
    case .pause(let until):
      waiting = .pause
      deadlineOrEnd = until
    case .lastPortion, .complete, .stopped:
      if result == .lastPortion {
        logPortion(start..<out.octets.count, at: now, out)
        out.actions.append(.write(start..<out.octets.count))
      }
      current.octetsSent = writer?.written ?? 0
      logWritten(at: now)
      writer = nil
      current.stoppedWriting = result == .stopped
      finishWriting(step, at: now, &out)
    }
  }

  /// Stops writing in the middle.
  mutating func abandonWriting() {
    writer = nil
    current.chunks = nil
  }

  /// Everything is out: waits for the answer, if the step asks for one.
  mutating func finishWriting(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    current.sentAt = now
    waiting = .nothing
    switch step.kind {
    case .group: return awaitMembers(of: step, at: now)
    case .bdat: return finishChunk(step, at: now, &out)
    case .message: appendEndOfMessage(step, at: now)
    default:
      if step.awaits, let first = unclaimed.first {
        unclaimed.removeFirst()
        current.firstOctetAt = first.at
        return answered(by: first.reply, step: step, at: now, &out)
      }
      if step.awaits { ledger.append(expected(.step, step, due: repliesToContent, at: now)) }
    }
    guard step.awaits else { return advance() }
    awaitReplies(step, since: now)
    if !current.early.isEmpty { shortenWait(at: now) }
    if current.stoppedWriting, step.instruction.within == nil,
      step.instruction.expectation.has(.silence)
    {
      deadlineOrEnd = now
    }
  }

  /// The replies that the final dot makes due: in LMTP one for every accepted recipient
  /// (RFC 2033 section 4.2).
  private mutating func appendEndOfMessage(_ step: PreparedStep, at now: Instant) {
    let purpose: Expected.Purpose = step.awaits ? .step : .unjudged
    ledger.append(expected(purpose, step, phase: .body, due: repliesToContent, at: now))
  }

  /// The replies that are due at the end of a message, or to other octets that are sent now.
  private var repliesToContent: Int {
    prepared.program.isLMTP && isInData ? max(1, acceptedRecipients) : 1
  }

  /// A reply came during the message: if that was the one, no other will come.
  private mutating func shortenWait(at now: Instant) {
    deadlineOrEnd = min(deadlineOrEnd, now + prepared.settings.settling.afterEarlyReply)
  }
}
