// SPDX-License-Identifier: Apache-2.0
//
// When the place of a session that is over opens again: at once, after a pause, or not at all.

import DialogueEngine
import NIOCore
import SMTPTransport
import ScenarioLanguage

extension LoadWorker {
  /// A slot's wait before it opens again.
  struct Pause {
    var timer: Scheduled<Void>
    /// When a wait that 421 caused began; nil: another one.
    var told: Instant?
  }

  // MARK: Left and failed

  /// The slot's session left politely: in an open load, and in one of plain connections, the next
  /// one takes its place.
  func openNextOrRetire(_ index: Int) {
    let goesOn = source.hasMore && (load.schedule != nil || load.isConnectOnly)
    guard goesOn, load.hold == nil, !isStopping else { return retire(index) }
    slots[index].session = nil
    waiting.append(index)
    proceed()
  }

  /// Tries a failed setup again a second later, each failure counted: in a closed load three times
  /// in a row at most, in an open one as long as there is work.
  ///
  /// A target that nobody ever got through to is not asked twice.
  func retryOrRetire(_ index: Int, _ reason: String) {
    if board.failedSetup() { events.giveUp(.unreachable(reason)) }
    slots[index].failuresInARow += 1
    let isPatient = load.schedule != nil || slots[index].failuresInARow <= Self.retries
    guard board.everReady, isPatient, !isStopping, load.hold != nil || source.hasMore else {
      return retire(index)
    }
    pause(index, for: Self.retryPause, after421: false)
  }

  private static let retries = 3
  private static let retryPause = Duration.seconds(1)

  // MARK: Told to go

  /// The target has said that the connection is over; what follows once the session is, the load says.
  func noteTurnedAway(_ index: Int) {
    let slot = slots[index]
    guard load.after421 != .reopen, !slot.isLeaving, !slot.isParked else { return }
    slots[index].isTurnedAway = true
  }

  /// The slot's session had its start state, and 421 has ended its connection.
  func reopenOrRetire(_ index: Int) {
    guard !isStopping, source.hasMore else { return retire(index) }
    switch load.after421 {
    // Where another message is due, the session itself has reopened.
    case .reopen: openNextOrRetire(index)
    case .pause(let length): pause(index, for: length, after421: true)
    case .stop: stopSlot(index)
    }
  }

  /// 421 has ended the setup of the slot's session.
  ///
  /// A pause that was asked for is kept to though nobody has got through so far: the target answers.
  /// Where neither time nor schedule ends the load, three in a row are enough.
  func retrySetupOrRetire(_ index: Int, _ reason: String) {
    slots[index].failuresInARow += 1
    guard !isStopping, load.hold != nil || source.hasMore else { return retire(index) }
    let isPatient = load.length != nil || slots[index].failuresInARow <= Self.retries
    if case .pause(let length) = load.after421, isPatient {
      return pause(index, for: length, after421: true)
    }
    if board.failedSetup() { events.giveUp(.unreachable(reason)) }
    if load.after421 == .stop { stopSlot(index) } else { retire(index) }
  }

  /// The slot is over; what it would have sent is for the worker's others, and in a closed load for all.
  private func stopSlot(_ index: Int) {
    tally.stopped += 1
    retire(index)
    // A message that it gave back may be another's.
    proceedSoon()
  }

  // MARK: Pauses

  private func pause(_ index: Int, for length: Duration, after421: Bool) {
    slots[index].session = nil
    var wait = length.wholeNanoseconds
    if after421 {
      tally.pauses += 1
      wait = min(wait, max(0, timeLeft))
    }
    let bound = NIOLoopBound(self, eventLoop: loop)
    let timer = loop.scheduleTask(in: .nanoseconds(wait)) {
      bound.value.endPause(index)
    }
    paused[index] = Pause(timer: timer, told: after421 ? SessionLoop.now() : nil)
    proceedSoon()
  }

  /// Nanoseconds for which the load still begins messages.
  private var timeLeft: Int64 { load.length.map { $0.wholeNanoseconds - offset } ?? .max }

  private func endPause(_ index: Int) {
    let isOver = paused[index]?.told != nil && timeLeft <= 0
    guard leavePause(index) else { return }
    guard !isStopping, !isOver, source.hasMore || load.hold != nil else { return retire(index) }
    slots[index].freeSince = offset
    waiting.append(index)
    proceed()
  }

  /// - Returns: whether the slot was in one.
  private func leavePause(_ index: Int) -> Bool {
    guard let pause = paused.removeValue(forKey: index) else { return false }
    pause.timer.cancel()
    if let told = pause.told { tally.paused += SessionLoop.now() - told }
    return true
  }

  /// Nobody waits for a time that will bring no work.
  ///
  /// What is under way may still be given back.
  func endNeedlessPauses() {
    guard !paused.isEmpty, load.hold == nil, underWay == 0, !source.hasMore else { return }
    dismissPaused()
  }

  func dismissPaused() {
    for index in paused.keys.sorted() where leavePause(index) { retire(index) }
  }

  /// Looks for work once the present event is dealt with: a message may have been given back.
  private func proceedSoon() {
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.execute { bound.value.proceed() }
  }
}
