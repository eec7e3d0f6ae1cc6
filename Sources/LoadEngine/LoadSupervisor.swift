// SPDX-License-Identifier: Apache-2.0
//
// Watches the workers of one load from outside their loops: starts and stops them, samples memory
// and progress, gathers their books second by second, and ends the load where it was told to.

import DialogueEngine
import NIOCore
import NIOPosix
import RunRecord
import SMTPTransport
import ScenarioLanguage
import Synchronization

/// Everything about one load that no single worker can know.
final class LoadSupervisor: Sendable {
  private let load: Load
  private let group: MultiThreadedEventLoopGroup
  private let control: LoadControl
  private let board: LoadBoard
  private let watch: MemoryWatch
  private let state = Mutex(State())

  private struct State {
    var workers: [NIOLoopBound<LoadWorker>] = []
    var failure: LoadFailure?
    var last: TimePoint?
  }

  init(load: Load, group: MultiThreadedEventLoopGroup, control: LoadControl) {
    self.load = load
    self.group = group
    self.control = control
    board = LoadBoard(sessions: load.sessions)
    watch = MemoryWatch(board: board)
  }

  func run(
    includesRelay: Bool, progress: @escaping @Sendable (LoadProgress) -> Void
  ) async throws -> LoadOutcome {
    let (reports, mailbox) = AsyncStream.makeStream(of: LoadReport.self)
    let events = LoadEvents(
      report: { mailbox.yield($0) },
      allSettled: { [weak self] in self?.allSettled() },
      giveUp: { [weak self] failure in self?.giveUp(failure) })
    let loops = Array(group.makeIterator().prefix(load.workers))
    let office = TicketOffice(planned: load.planned ?? .max)
    for (place, loop) in loops.enumerated() {
      try await addWorker(place, on: loop, office: office, events)
    }
    let begin = SessionLoop.now()
    control.attend { [self] abandon in stop(abandon: abandon) }
    for worker in workers { worker.eventLoop.execute { worker.value.start(at: begin) } }
    scheduleEnd()
    let pulse = Task { [self] in await beat(from: begin, progress) }
    let (books, endedEarly) = await gather(reports, from: begin)
    control.dismiss()
    pulse.cancel()
    await pulse.value
    var record = LoadRecord(
      of: load, books: books, begin: begin, peak: board.peak, endedEarly: endedEarly)
    record.memory = watch.record(includesRelay: includesRelay)
    return LoadOutcome(
      record: record, failure: state.withLock(\.failure) ?? neverReached(record.connections),
      tls: books.total.tls)
  }

  /// A load whose time is over before anybody got through has come to nothing, whatever it still tried.
  private func neverReached(_ connections: ConnectionCounts) -> LoadFailure? {
    guard !board.everReady, !control.isStopping else { return nil }
    let often = connections.refusals.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return often.map { .unreachable($0.key) }
  }

  private var workers: [NIOLoopBound<LoadWorker>] { state.withLock { $0.workers } }

  private func addWorker(
    _ place: Int, on loop: any EventLoop, office: TicketOffice, _ events: LoadEvents
  ) async throws {
    let share = load.sessions / load.workers
    let extra = load.sessions % load.workers
    let first = place * share + min(place, extra) + 1
    let numbers = Array(first..<(first + share + (place < extra ? 1 : 0)))
    let source: WorkSource =
      load.schedule.map {
        .arrivals(ArrivalShare(of: $0, place: place, workers: load.workers))
      } ?? .tickets(office)
    let worker = try await loop.submit { [load, board] in
      NIOLoopBound(
        LoadWorker(
          place, of: load, numbers: numbers, source: source, loop: loop, board: board,
          events: events),
        eventLoop: loop)
    }.get()
    state.withLock { $0.workers.append(worker) }
  }

  // MARK: While it runs

  /// Adds up what the workers report until the last of them has.
  ///
  /// - Returns: the books, and why the load ended before its time.
  private func gather(
    _ reports: AsyncStream<LoadReport>, from begin: Instant
  ) async -> (LoadBooks, endedEarly: String?) {
    var books = LoadBooks(workers: load.workers)
    var endedEarly: String?
    for await report in reports {
      if let point = books.add(report) {
        state.withLock { $0.last = point }
        if endedEarly == nil, let crossed = crossedThreshold(books, begin, after: point.second) {
          endedEarly = "after \(point.second + 1) s: \(crossed)"
          stop(abandon: false)
        }
      }
      if books.isComplete { break }
    }
    return (books, endedEarly)
  }

  /// The threshold that is crossed by now and ends the load, in words.
  private func crossedThreshold(
    _ books: LoadBooks, _ begin: Instant, after second: Int
  ) -> String? {
    guard let rule = load.abortsOn, !books.isComplete, !control.isStopping,
      Double(second + 1) >= rule.after / .seconds(1)
    else { return nil }
    let soFar = LoadRecord(of: load, books: books, begin: begin, peak: 0, endedEarly: "")
    guard soFar.messages.attempted > 0 else { return nil }
    let crossed = ThresholdJudge.judge(rule.thresholds, on: soFar).first { !$0.holds }
    return crossed.map { "\($0.metric) \($0.limit) was crossed, measured \($0.measured)" }
  }

  /// About four times a second: memory and progress, on no worker's time.
  private func beat(
    from begin: Instant, _ progress: @Sendable (LoadProgress) -> Void
  ) async {
    while true {
      do {
        try await Task.sleep(for: .milliseconds(250))
      } catch {
        return
      }
      watch.sample()
      let done = board.done
      progress(
        LoadProgress(
          done: done, planned: load.planned, errors: board.errors,
          underWay: max(0, board.started - done), open: board.openNow,
          elapsed: Double(SessionLoop.now() - begin) / 1e9,
          length: load.length.map { $0 / .seconds(1) }, last: state.withLock { $0.last }))
    }
  }

  /// Ends the load when its time is over.
  ///
  /// An open load may still begin, for as long as it takes to drain, what found no free session.
  private func scheduleEnd() {
    guard let length = load.length else { return }
    let grace = load.schedule == nil ? .zero : load.drainLimit
    group.next().scheduleTask(in: .nanoseconds((length + grace).wholeNanoseconds)) { [self] in
      stop(abandon: false)
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
    // Whoever was told to stop has not failed.
    guard !control.isStopping else { return }
    let isFirst = state.withLock { state in
      defer { state.failure = state.failure ?? failure }
      return state.failure == nil
    }
    if isFirst { stop(abandon: true) }
  }

  private func stop(abandon: Bool) {
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
