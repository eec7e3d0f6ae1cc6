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
///        ▲                    │ failed         ▲    └──nothing left, no hold──────────────▲
///        ├────after a pause───┘                │ due
///        ├──open model: connection used up── working ─nothing due─▶ idle
///        └──told 421, after a pause if the load says so── working or idle
final class LoadWorker {
  let place: Int
  let load: Load
  let loop: any EventLoop
  private let sessionLoop: SessionLoop
  let board: LoadBoard
  let events: LoadEvents
  private let cpuAtStart = ProcessFacts.threadCPU()
  var source: WorkSource
  private var gate: ConnectGate
  var slots: [Slot] = []
  /// Slots that wait to be admitted, the next one last.
  var waiting: [Int] = []
  /// Slots that wait for a time before they open again.
  var paused: [Int: Pause] = [:]
  /// Open model: slots with a connection and nothing due, the one to be used next last.
  var idle: [Int] = []
  var connecting = 0
  private var begin = Instant(nanoseconds: 0)
  private var second = 0
  private var ticker: Scheduled<Void>?
  private var alarm: Scheduled<Void>?
  var tally = LoadTally()
  /// CPU time in nanoseconds until there was nothing left to send, and when that was.
  private var spent: (cpu: Int64, at: Instant)?
  private var random: SeededRandom
  private var live = 0
  var underWay = 0
  var lastSign = Instant(nanoseconds: 0)
  var connected = 0
  var isStopping = false

  /// - Parameters:
  ///   - place: The worker's, from 0.
  ///   - numbers: The session numbers of this worker, from 1 over all workers.
  ///   - source: Where its messages come from.
  init(
    _ place: Int, of load: Load, numbers: [Int], source: WorkSource, loop: any EventLoop,
    board: LoadBoard, events: LoadEvents
  ) {
    self.place = place
    self.load = load
    self.source = source
    self.loop = loop
    sessionLoop = SessionLoop(loop)
    self.board = board
    self.events = events
    gate = ConnectGate(limit: load.connectsAtOnce / load.workers)
    random = SeededRandom(seed: load.seed &+ UInt64(numbers.first ?? 0))
    slots = numbers.map { Slot(number: $0) }
    waiting = Array(slots.indices.reversed())
    live = slots.count
  }

  struct Slot {
    let number: Int
    var session: Session?
    var ticket: ConnectGate.Ticket?
    /// The message that a move asked for and that has no result yet.
    var inFlight: Work?
    /// The message whose envelope went out with the content of that one.
    var following: Work?
    /// Messages sent on the present connection, and how many it may carry.
    var carried = 0
    var capacity = Int.max
    var failuresInARow = 0
    /// Open model: when the last pause was over, in nanoseconds since the beginning.
    var freeSince: Int64 = 0
    var isConnecting = false
    var hasConnection = false
    /// How the handshake of the present connection went.
    var wasResumed = false
    /// We were told to end the present connection.
    var isLeaving = false
    /// The target ended the connection with 421, and the load does not open another at once.
    var isTurnedAway = false
    /// Nothing left to send, and the connection still open.
    var isParked = false
    /// Open model: nothing due, and the connection still open.
    var isIdle = false
    /// Nothing left to send, once; a parked slot that later ends settles no second time.
    var hasSettled = false
  }

  // MARK: Starting and stopping

  /// Starts to open sessions.
  ///
  /// - Parameter begin: The instant from which arrivals and seconds count, the same for all workers.
  func start(at begin: Instant) {
    self.begin = begin
    lastSign = begin
    guard live > 0 else { return finish() }
    scheduleTick()
    proceed()
  }

  /// Begins nothing new; what was begun is finished.
  func drain() {
    guard !isStopping else { return }
    isStopping = true
    source.close()
    dismissWaiting()
    dismissPaused()
    release()
    // A session that has no message yet, or still thinks before it, has begun nothing.
    for slot in slots where slot.inFlight == nil || slot.session?.isThinking == true {
      slot.session?.cancel()
    }
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
      slots[index].isLeaving = true
      slots[index].session?.resume(.finish)
    }
  }

  // MARK: Time

  /// Every second of the load ends with a report of it.
  private func scheduleTick() {
    second += 1
    let bound = NIOLoopBound(self, eventLoop: loop)
    let at = begin + Int64(second) * 1_000_000_000
    ticker = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(at.nanoseconds))) {
      bound.value.tick()
    }
  }

  private func tick() {
    // A second is the first SYN retry of Linux: whoever waits longer is not in the listen queue.
    gate.forgive()
    hand(isLast: false)
    scheduleTick()
    proceed()
    endNeedlessPauses()
  }

  /// Hands over the books of the second, and begins new ones.
  private func hand(isLast: Bool) {
    events.report(
      LoadReport(
        worker: place, second: second - 1, tally: tally, connected: connected, isLast: isLast))
    tally = LoadTally()
  }

  /// Nanoseconds since the beginning.
  var offset: Int64 { SessionLoop.now() - begin }

  // MARK: Opening

  /// Opens sessions, and puts idle ones to work, as far as there is work.
  func proceed() {
    guard live > 0 else { return }
    switch source {
    case .tickets: admit()
    case .arrivals: arrive()
    }
  }

  /// Closed model: opens sessions as long as there is work and the gate lets them through.
  private func admit() {
    while let index = waiting.last, load.hold != nil || source.hasMore {
      guard let ticket = gate.admit() else { return }
      // In a load of plain connections each is what a message is elsewhere.
      if load.isConnectOnly, load.hold == nil, source.take(at: 0) == .nothing {
        gate.settle(ticket)
        break
      }
      waiting.removeLast()
      open(index, ticket)
    }
    // Whoever has not begun by now has nothing to begin for.
    dismissWaiting()
  }

  /// Open model: hands what is due to whoever is free, and opens connections for the rest.
  private func arrive() {
    guard !isStopping else { return }
    let now = offset
    if load.isConnectOnly {
      while source.backlog(at: now, upTo: 1) > 0, let index = waiting.last,
        let ticket = gate.admit()
      {
        _ = source.take(at: now)
        waiting.removeLast()
        open(index, ticket)
      }
    } else {
      while let index = idle.last, case .message(let work) = take(at: now) {
        idle.removeLast()
        slots[index].isIdle = false
        slots[index].inFlight = work
        slots[index].session?.resume(.transaction(number: work.number, intended: work.intended))
      }
    }
    guard source.hasMore else { return closeDown() }
    let backlog = source.backlog(at: now, upTo: slots.count)
    if !load.isConnectOnly { open(for: backlog, at: now) }
    setAlarm(behind: backlog, now)
  }

  /// Opens a connection for every message that is due and that no connection under way will take.
  private func open(for backlog: Int, at now: Int64) {
    var covered = connecting
    while covered < backlog, let index = waiting.last, let ticket = gate.admit() {
      // Before the slot was free nobody was: then the message waited for the target.
      if let due = source.due(ahead: covered) {
        tally.lateness.record(now - max(due, slots[index].freeSince))
      }
      tally.lastStart = begin + now
      covered += 1
      waiting.removeLast()
      open(index, ticket)
    }
  }

  /// Wakes when the next message becomes due; those that already are wait for a session.
  ///
  /// - Parameter backlog: How many are due and not taken.
  private func setAlarm(behind backlog: Int, _ now: Int64) {
    alarm?.cancel()
    alarm = nil
    // As many wait as there are sessions: none could take another.
    guard backlog < slots.count, let due = source.due(ahead: backlog), due > now else { return }
    let bound = NIOLoopBound(self, eventLoop: loop)
    let at = (begin + due).nanoseconds
    alarm = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(at))) { bound.value.arrive() }
  }

  /// Open model: everything was handed out; whoever has nothing to do leaves.
  private func closeDown() {
    alarm?.cancel()
    alarm = nil
    let leaving = idle
    idle = []
    for index in leaving {
      slots[index].isIdle = false
      slots[index].isLeaving = true
      slots[index].session?.resume(.finish)
    }
    dismissWaiting()
  }

  private func open(_ index: Int, _ ticket: ConnectGate.Ticket) {
    let session = Session(
      load.program, settings: load.settings, number: slots[index].number, owner: self,
      on: sessionLoop)
    slots[index].ticket = ticket
    slots[index].session = session
    slots[index].isConnecting = true
    slots[index].isTurnedAway = false
    connecting += 1
    if connecting == 1, underWay == 0 { lastSign = SessionLoop.now() }
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
    spent = (ProcessFacts.threadCPU() - cpuAtStart, SessionLoop.now())
    if board.settledOne() { events.allSettled() }
  }

  /// The slot is over.
  func retire(_ index: Int) {
    settle(index)
    slots[index].session = nil
    live -= 1
    if live == 0 { finish() }
  }

  func finish() {
    ticker?.cancel()
    alarm?.cancel()
    ticker = nil
    alarm = nil
    tally.cpu = spent?.cpu ?? 0
    tally.cpuRead = spent?.at
    hand(isLast: true)
  }

  // MARK: Deciding

  func index(of session: Session) -> Int { session.number - slots[0].number }

  func nextMove(of index: Int, connectionIsOpen: Bool) -> SessionMove {
    let move = chooseMove(of: index, connectionIsOpen: connectionIsOpen)
    switch move {
    case .finish, .reconnect: slots[index].isLeaving = true
    case .transaction, .park: break
    }
    return move
  }

  private func chooseMove(of index: Int, connectionIsOpen: Bool) -> SessionMove {
    if let work = slots[index].inFlight { return goOn(with: work, index, connectionIsOpen) }
    let now = load.schedule == nil ? 0 : offset
    let isFull = slots[index].carried >= slots[index].capacity
    switch isStopping ? .nothing : take(at: now) {
    case .message(let work):
      slots[index].inFlight = work
      if isFull || !connectionIsOpen { renew(index) }
      return isFull && connectionIsOpen
        ? .reconnect(number: work.number, intended: work.intended)
        : .transaction(number: work.number, intended: work.intended)
    case .later:
      guard connectionIsOpen, !isFull else { return .finish }
      slots[index].isIdle = true
      idle.append(index)
      if alarm == nil { setAlarm(behind: 0, now) }
      return .park
    case .nothing:
      if load.schedule != nil, !isStopping { closeDown() }
      return connectionIsOpen ? rest(index) : .finish
    }
  }

  /// Goes on with a message whose envelope is out; where that connection has ended it begins anew.
  private func goOn(with work: Work, _ index: Int, _ connectionIsOpen: Bool) -> SessionMove {
    if !connectionIsOpen {
      if isStopping {
        takeBack(index)
        return .finish
      }
      renew(index)
    }
    return .transaction(number: work.number, intended: work.intended)
  }

  /// Takes the next message and keeps the books of its beginning.
  func take(at now: Int64) -> WorkSource.Found {
    switch source.take(at: now) {
    case .message(var work):
      tally.started += 1
      board.startedOne()
      underWay += 1
      if underWay == 1, connecting == 0 { lastSign = SessionLoop.now() }
      if let due = work.due {
        work.intended = begin + due
        // It waited for us if somebody was free, and for the target if nobody was.
        // One for which a connection was opened had begun by then.
        if !idle.isEmpty {
          tally.lateness.record(now - due)
          tally.lastStart = begin + now
        } else if connecting == 0, waiting.isEmpty {
          tally.waited += 1
          tally.lastStart = begin + now
        }
      }
      return .message(work)
    case .later: return .later
    case .nothing: return .nothing
    }
  }

  /// What a session with nothing to send does.
  func rest(_ index: Int) -> SessionMove {
    guard load.hold != nil, !isStopping else { return .finish }
    slots[index].isParked = true
    settle(index)
    return .park
  }

  /// The next connection of the slot is a fresh one.
  func renew(_ index: Int) {
    slots[index].carried = 0
    slots[index].capacity = load.perConnection.draw(using: &random)
  }

  func settleGate(_ index: Int) {
    guard let ticket = slots[index].ticket else { return }
    slots[index].ticket = nil
    gate.settle(ticket)
    proceed()
  }

  func settleConnecting(_ index: Int) {
    guard slots[index].isConnecting else { return }
    slots[index].isConnecting = false
    connecting -= 1
  }
}
