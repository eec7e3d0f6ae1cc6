// SPDX-License-Identifier: Apache-2.0
//
// Where a worker's messages come from: the office that a closed load shares, or the worker's share of
// an open load's schedule. Both take back a message that never began.

import DialogueEngine

/// A message to be sent.
struct Work: Sendable, Equatable {
  /// From 1, over all workers.
  var number: Int
  /// Open model: nanoseconds from the beginning of the load at which it is meant to begin.
  var due: Int64?
  /// Open model: the instant of that.
  var intended: Instant?
}

/// The messages of one worker.
enum WorkSource: Sendable {
  case tickets(TicketOffice)
  case arrivals(ArrivalShare)

  enum Found: Equatable {
    case message(Work)
    /// There are more, but none is due yet.
    case later
    case nothing
  }

  /// Takes the next message.
  ///
  /// - Parameter offset: Nanoseconds since the beginning of the load; of no meaning to tickets.
  mutating func take(at offset: Int64) -> Found {
    switch self {
    case .tickets(let office):
      return office.take().map { .message(Work(number: $0)) } ?? .nothing
    case .arrivals(var share):
      defer { self = .arrivals(share) }
      if let work = share.take(at: offset) { return .message(work) }
      return share.isDone ? .nothing : .later
    }
  }

  /// Takes back a message that was never begun.
  mutating func giveBack(_ work: Work) {
    switch self {
    case .tickets(let office): office.giveBack(work.number)
    case .arrivals(var share):
      share.giveBack(work)
      self = .arrivals(share)
    }
  }

  /// Hands out nothing more.
  mutating func close() {
    switch self {
    case .tickets(let office): office.close()
    case .arrivals(var share):
      share.close()
      self = .arrivals(share)
    }
  }

  /// Whether there is, or will be, something to take.
  var hasMore: Bool {
    switch self {
    case .tickets(let office): office.hasMore
    case .arrivals(let share): !share.isDone
    }
  }

  /// When the next message is due, in nanoseconds since the beginning; nil: at once, or never.
  var due: Int64? {
    switch self {
    case .tickets: nil
    case .arrivals(let share): share.due
    }
  }

  /// When the message so many places behind the next one is due; nil for one that was given back.
  func due(ahead places: Int) -> Int64? {
    switch self {
    case .tickets: nil
    case .arrivals(let share): share.due(ahead: places)
    }
  }

  /// How many messages are due and not taken, counted up to a bound.
  func backlog(at offset: Int64, upTo bound: Int) -> Int {
    switch self {
    case .tickets: 0
    case .arrivals(let share): share.backlog(at: offset, upTo: bound)
    }
  }
}

/// One worker's share of a schedule: every `workers`-th message, in order.
struct ArrivalShare: Sendable {
  let schedule: ArrivalSchedule
  let workers: Int
  private var next: Int
  private var isClosed = false
  /// When message `next` is due; nil: there is none.
  private var nextDue: Int64?
  private var returned: [Work] = []

  /// - Parameter place: The worker's, from 0.
  init(of schedule: ArrivalSchedule, place: Int, workers: Int) {
    self.schedule = schedule
    self.workers = workers
    next = place
    nextDue = schedule.offset(of: place)
  }

  /// Whether no message is left.
  var isDone: Bool { due == nil }

  /// When the next message is due; nil when nothing is left.
  var due: Int64? { returned.last?.due ?? nextDue }

  /// When the message so many places behind the next one is due; nil for one that was given back.
  func due(ahead places: Int) -> Int64? {
    places < returned.count || isClosed
      ? nil : schedule.offset(of: next + (places - returned.count) * workers)
  }

  /// Takes the next message if it is due.
  mutating func take(at offset: Int64) -> Work? {
    if let work = returned.popLast() { return work }
    guard let due = nextDue, due <= offset else { return nil }
    let work = Work(number: next + 1, due: due)
    next += workers
    nextDue = schedule.offset(of: next)
    return work
  }

  /// Takes back a message that was never begun; it is due already.
  mutating func giveBack(_ work: Work) {
    if !isClosed { returned.append(work) }
  }

  /// How many messages are due and not taken, counted up to a bound.
  func backlog(at offset: Int64, upTo bound: Int) -> Int {
    guard !isClosed else { return 0 }
    var found = returned.count
    var index = next
    while found < bound, let due = schedule.offset(of: index), due <= offset {
      found += 1
      index += workers
    }
    return min(found, bound)
  }

  /// Lets go of what is left.
  mutating func close() {
    isClosed = true
    nextDue = nil
    returned = []
  }
}
