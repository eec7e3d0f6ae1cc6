// SPDX-License-Identifier: Apache-2.0
//
// Starts the steps of a program, one after another, as far as they go without an event.

import SMTPWire
import ScenarioLanguage

extension Dialogue {
  /// Runs until an event is needed.
  mutating func proceed(at now: Instant, _ out: inout DialogueOutput) {
    while waiting == .nothing {
      if current.isAnswered {
        concludeReplies(at: now, &out)
      } else if cursor < sectionEnd {
        startStep(at: now, &out)
      } else {
        leaveSection(at: now, &out)
      }
    }
  }

  mutating func enter(_ next: Section) {
    section = next
    let program = prepared.program
    let range =
      switch next {
      case .setup: program.setup
      case .between: program.between
      case .transaction: program.transaction
      case .teardown: program.teardown
      case .thinking, .hold, .parting: program.teardown.upperBound..<program.teardown.upperBound
      }
    cursor = range.lowerBound
    sectionEnd = range.upperBound
  }

  private mutating func startStep(at now: Instant, _ out: inout DialogueOutput) {
    let step = prepared.steps[cursor]
    current.restart(cursor, at: now)
    if !keeps, section == .transaction, step.phase == .data || step.kind == .bdat, hasNoRecipient {
      return endTransaction(at: now, &out)
    }
    switch step.kind {
    case .send: startSend(step, at: now, &out)
    case .group: startGroup(step, at: now, &out)
    case .message: startMessage(step, at: now, &out)
    case .await: startAwait(step, at: now, &out)
    case .greeting: startGreeting(step, at: now, &out)
    case .connect: startConnect(step, at: now, &out)
    case .write: startWrite(step, at: now, &out)
    case .bdat: startChunks(step, at: now, &out)
    case .startTLS: startTLS(step, at: now, &out)
    case .auth: startAuth(step, at: now, &out)
    case .wait: startWait(step, at: now)
    case .close: startClose(step, at: now, &out)
    case .requireExtensions: requireExtensions(step, at: now, &out)
    }
  }

  /// Waits for what is due until the step's limit.
  mutating func awaitReplies(_ step: PreparedStep, since now: Instant) {
    waiting = .replies
    deadlineOrEnd = now + limit(of: step)
  }

  /// Reads the greeting where the handshake before left a connection that has not greeted.
  private mutating func startGreeting(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    if link == .closed { advance() } else { startAwait(step, at: now, &out) }
  }

  /// The step's limit in nanoseconds, counted from its last octet.
  func limit(of step: PreparedStep) -> Int64 {
    guard case .median(let times, let least) = step.instruction.within else { return step.limit }
    guard !replyTimes.isEmpty else { return least.wholeNanoseconds }
    let median = replyTimes.sorted()[replyTimes.count / 2]
    return max(
      least.wholeNanoseconds, median.multipliedReportingOverflow(by: Int64(times)).partialValue)
  }

  // MARK: Reading

  /// Takes a reply that is there already, or that a command nobody judged has asked for, or waits.
  private mutating func startAwait(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    if !unclaimed.isEmpty {
      let taken = unclaimed.removeFirst()
      current.firstOctetAt = taken.at
      answered(by: taken.reply, step: step, at: taken.at, &out)
      if current.isAnswered { return }
    } else if link == .closed {
      return conclude(.closed(lastEnd), at: now, &out)
    } else if let due = ledger.first, due.purpose == .unjudged {
      ledger.adoptFirst(step: Int32(cursor), phase: step.phase)
      current.sentAt = due.sentAt
    } else {
      ledger.append(expected(.step, step, at: now))
    }
    if waiting == .nothing { awaitReplies(step, since: now) }
  }

  /// A ledger entry for a step.
  func expected(
    _ purpose: Expected.Purpose, _ step: PreparedStep, member: Int = -1, phase: Phase? = nil,
    due: Int = 1, at now: Instant
  ) -> Expected {
    Expected(
      purpose: purpose, phase: phase ?? step.phase, due: UInt16(clamping: due),
      step: Int32(current.index), member: Int32(member), sentAt: now)
  }

  // MARK: Connections

  private mutating func startConnect(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    if link != .closed { return part(then: .connect, at: now, &out) }
    resetConnection()
    if case .connect(let source, let offer) = step.instruction.action {
      requestedSource = source
      requestedOffer = offer
    }
    connectStarted = now
    waiting = .connection
    deadlineOrEnd = now + prepared.settings.limit(for: .connect)
    out.actions.append(.connect)
  }

  /// The connection stands, and TLS where it is implicit.
  mutating func finishConnect(at now: Instant, _ out: inout DialogueOutput) {
    record.connections += 1
    let step = prepared.steps[current.index]
    let answer = Answer.secured(isSecure ? record.lastSecurity : "connected")
    // A script that says what a connect must lead to gets that judged; others just go on.
    guard keeps, !step.instruction.expectation.rules.isEmpty else { return advance() }
    conclude(answer, at: now, &out)
  }

  private mutating func resetConnection() {
    reader.discard()
    ledger.removeAll()
    unclaimed.removeAll()
    isLoose = false
    isSpilling = false
    isSecure = false
    channelBinding = nil
    requestedOffer = nil
    handshake = HandshakeView(host: prepared.settings.serverName)
    firstOctetAt = nil
    lastReplyCode = 0
    saidGoodbye = false
    repliesToQuit = 0
    quitCode = 0
    transactionsOnConnection = 0
    hasOpenTransaction = false
    isInData = false
    acceptedRecipients = 0
    offersPipelining = false
    offersSize = false
    capabilities = nil
    firstHello = nil
    quietUntil = nil
    closingNotice = nil
    replyTimes.removeAll()
  }

  private mutating func startWait(_ step: PreparedStep, at now: Instant) {
    guard case .wait(let duration) = step.instruction.action else { return }
    waiting = .time
    deadlineOrEnd = now + duration.wholeNanoseconds
  }

  /// Ends the connection as the script says.
  ///
  /// After a FIN that a reading step follows, what the peer still says is read.
  private mutating func startClose(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    guard case .close(let manner) = step.instruction.action else { return }
    guard link != .closed else { return advance() }
    note("we close: \(manner.rawValue)", at: now)
    let next = cursor + 1 < sectionEnd ? prepared.steps[cursor + 1].kind : .close
    let readsOn = step.awaits || next == .await
    switch manner {
    case .closeNotifyOnly:
      out.actions.append(.close(.closeNotify))
      isLoose = true
      isSecure = false
    case .fin where readsOn:
      out.actions.append(.close(.output))
      link = .halfClosed
      isLoose = true
    case .fin, .rst, .withoutCloseNotify:
      out.actions.append(
        .close(manner == .rst ? .reset : manner == .fin ? .full : .withoutCloseNotify))
      closeLink(.local, at: now, &out)
    }
    guard step.awaits, link != .closed else { return advance() }
    ledger.append(expected(.step, step, at: now))
    awaitReplies(step, since: now)
  }

  private mutating func requireExtensions(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    guard case .requireExtensions(let keywords) = step.instruction.action else { return }
    let offered = capabilities
    let missing = keywords.filter { offered?.offers($0) != true }
    guard !missing.isEmpty else { return advance() }
    let reason = "the target does not offer \(missing.joined(separator: ", "))"
    keep(
      Judged(verdict: .skipped, reason: reason), .unable(reason), step: step, member: nil, at: now)
    finish(.skipped(reason: reason), at: now, &out)
  }

  /// Goes to the next step.
  mutating func advance() {
    cursor += 1
    waiting = .nothing
    current.isAnswered = false
  }
}
