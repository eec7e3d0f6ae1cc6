// SPDX-License-Identifier: Apache-2.0
//
// Watches the workers of one load from outside their loops: starts and stops them, samples memory
// and progress, and merges their books into the record.

import DialogueEngine
import NIOCore
import NIOPosix
import RunRecord
import SMTPTransport
import ScenarioLanguage
import Synchronization

/// Everything about one load that no single worker can know.
final class LoadSupervisor: Sendable {
  private let load: ClosedLoad
  private let group: MultiThreadedEventLoopGroup
  private let control: LoadControl
  private let office: TicketOffice
  private let board: LoadBoard
  private let watch: MemoryWatch
  private let state = Mutex(State())

  private struct State {
    var workers: [NIOLoopBound<LoadWorker>] = []
    var failure: LoadFailure?
  }

  init(load: ClosedLoad, group: MultiThreadedEventLoopGroup, control: LoadControl) {
    self.load = load
    self.group = group
    self.control = control
    office = TicketOffice(planned: load.messages ?? .max)
    board = LoadBoard(sessions: load.sessions)
    watch = MemoryWatch(board: board)
  }

  func run(
    includesRelay: Bool, progress: @escaping @Sendable (LoadProgress) -> Void
  ) async throws -> LoadOutcome {
    let loops = Array(group.makeIterator().prefix(load.workers))
    var books: [EventLoopFuture<LoadTally>] = []
    for (place, loop) in loops.enumerated() {
      let done = loop.makePromise(of: LoadTally.self)
      books.append(done.futureResult)
      try await addWorker(place, on: loop, done)
    }
    let begin = SessionLoop.now()
    let ticker = startTicking(on: loops[0], from: begin, progress)
    control.attend { [self] abandon in stop(abandon: abandon) }
    for worker in workers { worker.eventLoop.execute { worker.value.start() } }
    if let duration = load.duration {
      group.next().scheduleTask(in: .nanoseconds(duration.wholeNanoseconds)) { [self] in
        stop(abandon: false)
      }
    }
    var tally = try await books[0].get()
    for book in books.dropFirst() { tally.merge(try await book.get()) }
    control.dismiss()
    ticker.cancel()
    return outcome(of: tally, begin: begin, includesRelay: includesRelay)
  }

  private var workers: [NIOLoopBound<LoadWorker>] { state.withLock { $0.workers } }

  private func addWorker(
    _ place: Int, on loop: any EventLoop, _ done: EventLoopPromise<LoadTally>
  ) async throws {
    let share = load.sessions / load.workers
    let extra = load.sessions % load.workers
    let first = place * share + min(place, extra) + 1
    let numbers = Array(first..<(first + share + (place < extra ? 1 : 0)))
    let events = LoadEvents(
      allSettled: { [weak self] in self?.allSettled() },
      giveUp: { [weak self] failure in self?.giveUp(failure) })
    let worker = try await loop.submit { [load, office, board] in
      NIOLoopBound(
        LoadWorker(
          load: load, numbers: numbers, loop: loop, office: office, board: board, events: events,
          done: done),
        eventLoop: loop)
    }.get()
    state.withLock { $0.workers.append(worker) }
  }

  // MARK: While it runs

  private func startTicking(
    on loop: any EventLoop, from begin: Instant,
    _ progress: @escaping @Sendable (LoadProgress) -> Void
  ) -> RepeatedTask {
    let interval = TimeAmount.milliseconds(250)
    return loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
      watch.sample()
      let elapsed = Double(SessionLoop.now() - begin) / 1e9
      progress(
        LoadProgress(
          done: board.done, planned: load.messages, open: board.openNow, elapsed: elapsed))
    }
  }

  /// Every session is parked or over: now as many connections are open as there will ever be.
  private func allSettled() {
    watch.sample()
    guard let hold = load.hold else { return }
    group.next().scheduleTask(in: .nanoseconds(hold.wholeNanoseconds)) { [self] in
      for worker in workers { worker.eventLoop.execute { worker.value.release() } }
    }
  }

  private func giveUp(_ failure: LoadFailure) {
    let isFirst = state.withLock { state in
      defer { state.failure = state.failure ?? failure }
      return state.failure == nil
    }
    if isFirst { stop(abandon: true) }
  }

  private func stop(abandon: Bool) {
    office.close()
    for worker in workers {
      worker.eventLoop.execute {
        abandon ? worker.value.abandon() : worker.value.drain()
      }
    }
    guard !abandon else { return }
    group.next().scheduleTask(in: .nanoseconds(load.drainLimit.wholeNanoseconds)) { [self] in
      stop(abandon: true)
    }
  }

  // MARK: Afterwards

  private func outcome(
    of tally: LoadTally, begin: Instant, includesRelay: Bool
  ) -> LoadOutcome {
    var messages = tally.messages
    if let planned = load.messages, !load.isConnectOnly {
      messages.notStarted = max(0, planned - messages.attempted)
    }
    var connections = tally.connections
    connections.peak = board.peak
    let measured = tally.lastEnd.map { max(0, Double($0 - begin) / 1e9) } ?? 0
    var stages = tally.replies.byStage
    for (stage, count) in tally.lostStages { stages[stage, default: [:]]["lost"] = count }
    let record = LoadRecord(
      model: "closed", sessions: load.sessions, workers: load.workers,
      perConnection: load.perConnection.text, measured: measured, messages: messages,
      connections: connections,
      throughput: measured > 0 ? Double(messages.accepted) / measured : 0,
      connectionRate: measured > 0 ? Double(connections.opened) / measured : 0,
      latency: tally.latency.records(), replies: tally.replies.byCode, stages: stages,
      samples: tally.samples,
      cpuPerMessage: messages.accepted > 0
        ? Double(tally.cpu) / 1000 / Double(messages.accepted) : 0,
      cpuShare: tally.cpuRead.map { Double(tally.cpu) / Double(max(1, $0 - begin)) } ?? 0,
      octets: tally.octets,
      memory: watch.record(includesRelay: includesRelay))
    return LoadOutcome(record: record, failure: state.withLock(\.failure), tls: tally.tls)
  }
}

/// Resident memory against open connections.
final class MemoryWatch: Sendable {
  private let board: LoadBoard
  /// Before the first connect; nil where the system does not say.
  private let before = ProcessFacts.residentMemory()
  private let most = Mutex((open: 0, resident: 0))

  init(board: LoadBoard) { self.board = board }

  /// Reads the resident set, and keeps the reading if never more connections were open.
  func sample() {
    let open = board.openNow
    guard open > 0, let resident = ProcessFacts.residentMemory() else { return }
    most.withLock { if open >= $0.open { $0 = (open, max(resident, $0.resident)) } }
  }

  /// Fewer connections than this weigh less than what the process needs anyway.
  private static let leastConnections = 100

  /// The reading with the most connections open; nil where those were too few to tell.
  func record(includesRelay: Bool) -> MemoryRecord? {
    let most = most.withLock { $0 }
    guard let before, most.open >= Self.leastConnections else { return nil }
    return MemoryRecord(
      sessions: most.open, resident: most.resident,
      perSession: max(0, most.resident - before) / most.open, includesRelay: includesRelay)
  }
}
