// SPDX-License-Identifier: Apache-2.0
//
// One event loop's share of a load: it starts its sessions, answers each of them what to do next,
// and keeps their books. Everything here happens on that loop, so nothing is locked.

import DialogueEngine
import MailContent
import NIOCore
import RunRecord
import SMTPTransport
import SMTPWire
import ScenarioLanguage
import TLSEngine

/// Runs the sessions of one event loop.
///
/// A session's place, a slot, goes through
///
///     waiting ─admitted─▶ connecting ─ready─▶ working ─nothing left─▶ parked ─released─▶ over
///        ▲                    │ failed           └──nothing left, no hold──────────────────▲
///        └────after a pause───┘
final class LoadWorker {
  private let load: ClosedLoad
  private let loop: any EventLoop
  private let sessionLoop: SessionLoop
  private let office: TicketOffice
  private let board: LoadBoard
  private let events: LoadEvents
  private let done: EventLoopPromise<LoadTally>
  private let cpuAtStart = ProcessFacts.threadCPU()
  private var gate: ConnectGate
  private var slots: [Slot] = []
  /// Slots that wait to be admitted, the next one last.
  private var waiting: [Int] = []
  private var ticker: RepeatedTask?
  private var tally = LoadTally()
  private var random: SeededRandom
  private var live = 0
  private var isStopping = false

  /// - Parameters:
  ///   - numbers: The session numbers of this worker, from 1 over all workers.
  ///   - done: Gets the books when the last session is over.
  init(
    load: ClosedLoad, numbers: [Int], loop: any EventLoop, office: TicketOffice,
    board: LoadBoard, events: LoadEvents, done: EventLoopPromise<LoadTally>
  ) {
    self.load = load
    self.loop = loop
    sessionLoop = SessionLoop(loop)
    self.office = office
    self.board = board
    self.events = events
    self.done = done
    gate = ConnectGate(limit: load.connectsAtOnce / load.workers)
    random = SeededRandom(seed: load.seed &+ UInt64(numbers.first ?? 0))
    slots = numbers.map { Slot(number: $0) }
    waiting = Array(slots.indices.reversed())
    live = slots.count
  }

  private struct Slot {
    let number: Int
    var session: Session?
    var ticket: ConnectGate.Ticket?
    /// The message that a move asked for and that has no result yet.
    var inFlight: Int?
    /// Messages sent on the present connection, and how many it may carry.
    var carried = 0
    var capacity = Int.max
    var failuresInARow = 0
    /// Nothing left to send, and the connection still open.
    var isParked = false
    /// Nothing left to send, once; a parked slot that later ends settles no second time.
    var hasSettled = false
  }

  // MARK: Starting and stopping

  /// Starts to open sessions.
  func start() {
    guard live > 0 else { return finish() }
    // A second is the first SYN retry of Linux: whoever waits longer is not in the listen queue.
    let bound = NIOLoopBound(self, eventLoop: loop)
    ticker = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
      bound.value.gate.forgive()
      bound.value.admit()
    }
    admit()
  }

  /// Begins nothing new; what was begun is finished.
  func drain() {
    guard !isStopping else { return }
    isStopping = true
    dismissWaiting()
    release()
    // A session that has no message yet has begun nothing.
    for slot in slots where slot.inFlight == nil { slot.session?.cancel() }
  }

  /// Ends everything at once.
  func abandon() {
    drain()
    for session in slots.compactMap(\.session) { session.cancel() }
  }

  /// Lets parked sessions leave.
  func release() {
    for index in slots.indices where slots[index].isParked {
      slots[index].isParked = false
      slots[index].session?.resume(.finish)
    }
  }

  /// Opens sessions as long as there is work and the gate lets them through.
  private func admit() {
    while let index = waiting.last, load.hold != nil || office.hasMore {
      guard let ticket = gate.admit() else { return }
      // In a load of plain connections each is what a message is elsewhere.
      if load.isConnectOnly, load.hold == nil, office.take() == nil {
        gate.settle(ticket)
        break
      }
      waiting.removeLast()
      open(index, ticket)
    }
    // Whoever has not begun by now has nothing to begin for.
    dismissWaiting()
  }

  private func open(_ index: Int, _ ticket: ConnectGate.Ticket) {
    let session = Session(
      load.program, settings: load.settings, number: slots[index].number, owner: self,
      on: sessionLoop)
    slots[index].ticket = ticket
    slots[index].session = session
    renew(index)
    session.start()
  }

  private func dismissWaiting() {
    let dismissed = waiting
    waiting = []
    for index in dismissed { retire(index) }
  }

  /// The slot has nothing left to send, now or for good.
  private func settle(_ index: Int) {
    guard !slots[index].hasSettled else { return }
    slots[index].hasSettled = true
    tally.cpu = ProcessFacts.threadCPU() - cpuAtStart
    tally.cpuRead = SessionLoop.now()
    if board.settledOne() { events.allSettled() }
  }

  /// The slot is over.
  private func retire(_ index: Int) {
    settle(index)
    slots[index].session = nil
    live -= 1
    if live == 0 { finish() }
  }

  private func finish() {
    ticker?.cancel()
    ticker = nil
    done.succeed(tally)
  }

  // MARK: Deciding

  private func index(of session: Session) -> Int { session.number - slots[0].number }

  private func nextMove(of index: Int, connectionIsOpen: Bool) -> SessionMove {
    if !isStopping, let number = office.take() {
      slots[index].inFlight = number
      let isFull = slots[index].carried >= slots[index].capacity
      if isFull || !connectionIsOpen { renew(index) }
      return isFull && connectionIsOpen
        ? .reconnect(number: number, intended: nil) : .transaction(number: number, intended: nil)
    }
    return connectionIsOpen ? rest(index) : .finish
  }

  /// What a session with nothing to send does.
  private func rest(_ index: Int) -> SessionMove {
    guard load.hold != nil, !isStopping else { return .finish }
    slots[index].isParked = true
    settle(index)
    return .park
  }

  /// The next connection of the slot is a fresh one.
  private func renew(_ index: Int) {
    slots[index].carried = 0
    slots[index].capacity = load.perConnection.draw(using: &random)
  }

  private func settleGate(_ index: Int) {
    guard let ticket = slots[index].ticket else { return }
    slots[index].ticket = nil
    gate.settle(ticket)
    admit()
  }

  /// In a load of plain connections, the next one takes the place of the last.
  private func openNextOrRetire(_ index: Int) {
    guard load.isConnectOnly, load.hold == nil, !isStopping, office.hasMore else {
      return retire(index)
    }
    slots[index].session = nil
    waiting.append(index)
    admit()
  }

  /// Tries a failed setup again a second later, three times in a row at most, each failure counted;
  /// a target that nobody ever got through to is not asked twice.
  private func retryOrRetire(_ index: Int) {
    slots[index].failuresInARow += 1
    let isWorthIt = board.everReady && slots[index].failuresInARow <= Self.retries
    guard isWorthIt, !isStopping, load.hold != nil || office.hasMore else { return retire(index) }
    slots[index].session = nil
    let bound = NIOLoopBound(self, eventLoop: loop)
    loop.scheduleTask(in: Self.retryPause) { bound.value.retry(index) }
  }

  private func retry(_ index: Int) {
    guard !isStopping else { return retire(index) }
    waiting.append(index)
    admit()
  }

  private static let retries = 3
  private static let retryPause = TimeAmount.seconds(1)
}

// MARK: - What sessions report

extension LoadWorker: SessionOwner {
  func session(_ session: Session, measured phase: Phase, nanoseconds: Int64) {
    tally.latency.record(phase, nanoseconds: nanoseconds)
  }

  func session(
    _ session: Session, received code: UInt16, enhanced: EnhancedCode?, at phase: Phase
  ) {
    tally.replies.count(code, at: phase)
    if phase == .greeting { settleGate(index(of: session)) }
  }

  func session(_ session: Session, connection event: ConnectionEvent) {
    switch event {
    case .opened:
      tally.connections.opened += 1
      board.opened()
    case .secured(let facts):
      if facts.resumed {
        tally.connections.resumedHandshakes += 1
      } else {
        tally.connections.fullHandshakes += 1
      }
      if tally.tls == nil { tally.tls = facts }
    case .ended: board.closed()
    // The session's ending tells the same again, with the stage.
    case .refused, .handshakeFailed: break
    }
  }

  func sessionIsReady(_ session: Session) -> SessionMove {
    let index = index(of: session)
    board.ready()
    slots[index].failuresInARow = 0
    settleGate(index)
    guard load.isConnectOnly else { return nextMove(of: index, connectionIsOpen: true) }
    tally.note(end: SessionLoop.now())
    board.completedOne()
    return rest(index)
  }

  func session(_ session: Session, finished result: TransactionResult) -> SessionMove {
    let index = index(of: session)
    slots[index].inFlight = nil
    slots[index].carried = result.position
    tally.count(result)
    board.completedOne()
    return nextMove(of: index, connectionIsOpen: result.connectionIsOpen)
  }

  func session(_ session: Session, ended ending: SessionEnding) {
    let index = index(of: session)
    slots[index].isParked = false
    settleGate(index)
    switch ending {
    case .finished: openNextOrRetire(index)
    case .cancelled:
      if slots[index].inFlight != nil { tally.countCutOff() }
      retire(index)
    case .skipped(let reason):
      events.giveUp(.skipped(reason))
      retire(index)
    case .setupFailed(_, _, let reason):
      if let number = slots[index].inFlight { office.giveBack(number) }
      slots[index].inFlight = nil
      tally.countRefusal(reason)
      if board.failedSetup() { events.giveUp(.unreachable(reason)) }
      retryOrRetire(index)
    }
  }
}
