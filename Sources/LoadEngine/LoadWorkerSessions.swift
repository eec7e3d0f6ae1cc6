// SPDX-License-Identifier: Apache-2.0
//
// What the sessions of one worker report, and how it is booked.

import DialogueEngine
import RunRecord
import SMTPTransport
import SMTPWire
import ScenarioLanguage
import TLSEngine

extension LoadWorker: SessionOwner {
  func session(_ session: Session, measured phase: Phase, nanoseconds: Int64) {
    switch phase {
    // Counted from the intended start when the result is known.
    case .transaction where load.schedule != nil: return
    case .tls:
      if slots[index(of: session)].wasResumed {
        tally.resumedHandshakes.record(nanoseconds)
      } else {
        tally.fullHandshakes.record(nanoseconds)
      }
    default: break
    }
    tally.latency.record(phase, nanoseconds: nanoseconds)
  }

  func session(
    _ session: Session, received code: UInt16, enhanced: EnhancedCode?, at phase: Phase
  ) {
    tally.replies.count(code, at: phase)
    if code == 421 { noteTurnedAway(index(of: session)) }
    if phase == .greeting { settleGate(index(of: session)) }
    noteSign(at: session.actedAt)
  }

  func session(_ session: Session, connection event: ConnectionEvent) {
    let index = index(of: session)
    switch event {
    case .opened:
      tally.connections.opened += 1
      connected += 1
      slots[index].hasConnection = true
      slots[index].isLeaving = false
      board.opened()
    case .secured(let facts):
      slots[index].wasResumed = facts.resumed
      if facts.resumed {
        tally.connections.resumedHandshakes += 1
      } else {
        tally.connections.fullHandshakes += 1
      }
      if tally.tls == nil { tally.tls = facts }
    case .ended(let end, let notice):
      guard slots[index].hasConnection else { return }
      slots[index].hasConnection = false
      connected -= 1
      board.closed()
      note(end: end, notice: notice, index)
      if notice?.hasPrefix("421") == true { dismiss(session, index) }
    // The session's ending tells the same again, with the stage.
    case .refused, .handshakeFailed: break
    }
  }

  /// 421 came unasked and the connection is gone; a session that only waits has nothing to wait for.
  private func dismiss(_ session: Session, _ index: Int) {
    noteTurnedAway(index)
    guard slots[index].isTurnedAway else { return }
    if slots[index].isIdle {
      session.resume(.finish)
    } else if session.isThinking {
      session.cancel()
    }
  }

  /// Remembers a connection that the target ended though it could have been used on.
  private func note(end: ConnectionEnd, notice: String?, _ index: Int) {
    let slot = slots[index]
    guard !slot.isLeaving, !slot.isConnecting, !isStopping else { return }
    let manner: EndingRecord.Manner? =
      switch end {
      case _ where notice?.hasPrefix("421") == true: .announced
      case .fin: .closed
      case .reset: .reset
      case .truncated: .truncated
      case .failed, .local: nil
      }
    guard let manner else { return }
    tally.endings.count(manner, after: slot.carried)
    // The next message opens a fresh one.
    if slot.isIdle { renew(index) }
  }

  func sessionIsReady(_ session: Session) -> SessionMove {
    let index = index(of: session)
    board.ready()
    slots[index].failuresInARow = 0
    settleConnecting(index)
    settleGate(index)
    guard load.isConnectOnly else { return nextMove(of: index, connectionIsOpen: true) }
    tally.note(end: SessionLoop.now())
    board.completedOne()
    return load.schedule == nil ? rest(index) : .finish
  }

  func sessionMaySendAhead(_ session: Session) -> SessionMove? {
    let index = index(of: session)
    // The present message is counted when its result is known.
    guard !isStopping, slots[index].carried + 1 < slots[index].capacity,
      case .message(let work) = take(at: load.schedule == nil ? 0 : offset)
    else { return nil }
    slots[index].following = work
    return .transaction(number: work.number, intended: work.intended)
  }

  func session(_ session: Session, finished result: TransactionResult) -> SessionMove {
    let index = index(of: session)
    slots[index].inFlight = slots[index].following
    slots[index].following = nil
    slots[index].carried = result.position
    tally.count(result)
    board.completedOne()
    if result.outcome != .accepted { board.failedOne() }
    noteSign(at: result.ended)
    underWay -= 1
    // Told 421 in place of a reply: the messages before it were what the connection carried.
    if result.code == 421 { tally.endings.count(.announced, after: result.position - 1) }
    if slots[index].isTurnedAway { return .finish }
    return nextMove(of: index, connectionIsOpen: result.connectionIsOpen)
  }

  /// Something came back, after a silence of so long.
  private func noteSign(at now: Instant) {
    tally.silence.merge(
      Silence(nanoseconds: now - lastSign, end: now, waiting: underWay + connecting))
    lastSign = now
  }

  func session(_ session: Session, ended ending: SessionEnding) {
    let index = index(of: session)
    slots[index].isParked = false
    if slots[index].isIdle {
      slots[index].isIdle = false
      idle.removeAll { $0 == index }
    }
    settleConnecting(index)
    settleGate(index)
    switch ending {
    case .finished:
      // Between two messages it was told to go, and the next never began.
      if takeBack(index) || slots[index].isTurnedAway {
        reopenOrRetire(index)
      } else {
        openNextOrRetire(index)
      }
    case .cancelled:
      if slots[index].inFlight != nil, session.hasBegun {
        slots[index].inFlight = nil
        underWay -= 1
        tally.countCutOff()
      }
      takeBack(index)
      if slots[index].isTurnedAway { reopenOrRetire(index) } else { retire(index) }
    case .skipped(let reason):
      events.giveUp(.skipped(reason))
      retire(index)
    case .setupFailed(_, _, let reason):
      takeBack(index)
      tally.countRefusal(reason)
      if slots[index].isTurnedAway {
        retrySetupOrRetire(index, reason)
      } else {
        retryOrRetire(index, reason)
      }
    }
    endNeedlessPauses()
  }

  /// Gives back the messages that the slot has and that never began.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  func takeBack(_ index: Int) -> Bool {
    let work = [slots[index].inFlight, slots[index].following].compactMap { $0 }
    slots[index].inFlight = nil
    slots[index].following = nil
    for work in work { giveBack(work) }
    return !work.isEmpty
  }

  private func giveBack(_ work: Work) {
    underWay -= 1
    tally.started -= 1
    board.gaveBackOne()
    source.giveBack(work)
  }
}
