// SPDX-License-Identifier: Apache-2.0
//
// The books of one worker: what was attempted, what came back, what it cost. Tallies merge, so that
// no worker ever waits for another.

import DialogueEngine
import RunRecord
import SMTPWire
import ScenarioLanguage
import TLSEngine

/// Counts and distributions of a load, of one worker's part of it, or of a second of that.
struct LoadTally: Sendable {
  var messages = MessageCounts()
  /// Messages handed to a session.
  var started = 0
  var connections = ConnectionCounts()
  var replies = ReplyTable()
  var latency = LatencyRecorder()
  /// Open model: transactions from their real start; `latency` counts from the intended one.
  var service = LatencyHistogram()
  /// Open model: how late messages began though a session was free.
  var lateness = LatencyHistogram()
  /// Open model: messages that found no free session when they were due.
  var waited = 0
  /// Pauses that sessions made after 421, and the nanoseconds that they took together.
  var pauses = 0
  var paused: Int64 = 0
  /// Sessions that 421 ended for good though there was more to send.
  var stopped = 0
  var positions = PositionRecorder()
  var fullHandshakes = LatencyHistogram()
  var resumedHandshakes = LatencyHistogram()
  var endings = EndingTable()
  /// Transactions whose pipelined group went out command by command.
  var fallbacks = 0
  /// Recipients refused while others of the same message were accepted.
  var refusedRecipients = 0
  /// When the last message began.
  var lastStart: Instant?
  /// The longest time in which nothing came back though something was under way.
  var silence = Silence()
  /// Stage to count, for messages that were decided by silence or a lost connection.
  var lostStages: [String: Int] = [:]
  /// Reply code to texts, distinct ones, a few.
  var samples: [String: [String]] = [:]
  var octets = 0
  /// When the last transaction, or where there are none the last setup, was done.
  var lastEnd: Instant?
  /// CPU time in nanoseconds of the worker's thread until it had nothing left to send.
  var cpu: Int64 = 0
  /// When that was; `cpu` divides by the time until then.
  var cpuRead: Instant?
  /// The first connection's TLS facts.
  var tls: TLSFacts?

  /// Distinct texts kept for one code.
  private static let samplesPerCode = 3
  /// Codes with samples, and distinct reasons for refusals: a peer may invent many.
  private static let distinctTexts = 50

  /// Books one finished transaction.
  mutating func count(_ result: TransactionResult) {
    messages.attempted += 1
    switch result.outcome {
    case .accepted: messages.accepted += 1
    case .deferred: messages.deferred += 1
    case .rejected: messages.rejected += 1
    case .throttled: messages.throttled += 1
    case .lost:
      messages.lost += 1
      lostStages[result.stage.rawValue, default: 0] += 1
    }
    if result.position > 1 { connections.reusedMessages += 1 }
    octets += result.octets
    if result.fellBackToLockStep { fallbacks += 1 }
    if result.outcome == .accepted { refusedRecipients += result.refusedRecipients }
    let service = result.ended - result.started
    positions.record(position: result.position, nanoseconds: service)
    if let intended = result.intended {
      self.service.record(service)
      latency.record(.transaction, nanoseconds: result.ended - intended)
    }
    note(end: result.ended)
    if let reason = result.reason {
      keep(reason, under: result.code == 0 ? result.outcome.rawValue : String(result.code))
    }
  }

  /// Books a transaction that we cut off: no reply came, whoever is to blame.
  mutating func countCutOff() {
    messages.attempted += 1
    messages.lost += 1
    lostStages[Phase.transaction.rawValue, default: 0] += 1
    keep("stopped by us before the reply", under: TransactionResult.Outcome.lost.rawValue)
  }

  /// Books a connection that never got as far as a transaction.
  mutating func countRefusal(_ reason: String) {
    connections.refused += 1
    let isKnown = connections.refusals[reason] != nil
    let key =
      isKnown || connections.refusals.count < Self.distinctTexts ? reason : "other reasons"
    connections.refusals[key, default: 0] += 1
  }

  mutating func note(end: Instant) {
    if lastEnd.map({ $0 < end }) ?? true { lastEnd = end }
  }

  /// Adds another worker's books; `peak` is not a sum and stays as it is.
  mutating func merge(_ other: LoadTally) {
    messages.add(other.messages)
    connections.add(other.connections)
    replies.merge(other.replies)
    latency.merge(other.latency)
    lostStages.merge(other.lostStages, uniquingKeysWith: +)
    for (code, texts) in other.samples { for text in texts { keep(text, under: code) } }
    started += other.started
    service.merge(other.service)
    lateness.merge(other.lateness)
    waited += other.waited
    pauses += other.pauses
    paused += other.paused
    stopped += other.stopped
    positions.merge(other.positions)
    fullHandshakes.merge(other.fullHandshakes)
    resumedHandshakes.merge(other.resumedHandshakes)
    endings.merge(other.endings)
    fallbacks += other.fallbacks
    refusedRecipients += other.refusedRecipients
    silence.merge(other.silence)
    if let start = other.lastStart, lastStart.map({ $0 < start }) ?? true { lastStart = start }
    octets += other.octets
    if let end = other.lastEnd { note(end: end) }
    cpu += other.cpu
    if let read = other.cpuRead, cpuRead.map({ $0 < read }) ?? true { cpuRead = read }
    if tls == nil { tls = other.tls }
  }

  private mutating func keep(_ text: String, under code: String) {
    let kept = samples[code]
    guard let kept else {
      if samples.count < Self.distinctTexts { samples[code] = [text] }
      return
    }
    if kept.count < Self.samplesPerCode, !kept.contains(text) { samples[code] = kept + [text] }
  }
}

/// How the target ended connections, and after how many messages; distinct counts are bounded.
struct EndingTable: Sendable, Equatable {
  private(set) var counts: [EndingRecord.Manner: [Int: Int]] = [:]

  /// A peer may end every connection after another number of messages.
  private static let distinctCounts = 64

  mutating func count(_ manner: EndingRecord.Manner, after messages: Int, times: Int = 1) {
    let known = counts[manner, default: [:]]
    let isKnown = known[messages] != nil || known.count < Self.distinctCounts
    // What no longer fits joins the nearest count that is there.
    let key =
      isKnown ? messages : known.keys.min { abs($0 - messages) < abs($1 - messages) } ?? messages
    counts[manner, default: [:]][key, default: 0] += times
  }

  mutating func merge(_ other: EndingTable) {
    for (manner, ends) in other.counts {
      for (messages, times) in ends { count(manner, after: messages, times: times) }
    }
  }

  /// The most frequent first.
  var records: [EndingRecord] {
    counts.flatMap { manner, ends in
      ends.map { EndingRecord(manner: manner, after: $0.key, count: $0.value) }
    }.sorted { ($1.count, $0.after, $0.manner.rawValue) < ($0.count, $1.after, $1.manner.rawValue) }
  }
}

/// A time in which nothing came back.
struct Silence: Sendable, Equatable {
  var nanoseconds: Int64 = 0
  /// When it was over.
  var end = Instant(nanoseconds: 0)
  /// Sessions that waited for a reply meanwhile, on the worker that saw it.
  var waiting = 0

  mutating func merge(_ other: Silence) {
    if other.nanoseconds > nanoseconds { self = other }
  }
}

extension MessageCounts {
  mutating func add(_ other: MessageCounts) {
    attempted += other.attempted
    accepted += other.accepted
    deferred += other.deferred
    rejected += other.rejected
    throttled += other.throttled
    lost += other.lost
    notStarted += other.notStarted
  }
}

extension ConnectionCounts {
  mutating func add(_ other: ConnectionCounts) {
    opened += other.opened
    refused += other.refused
    refusals.merge(other.refusals, uniquingKeysWith: +)
    reusedMessages += other.reusedMessages
    fullHandshakes += other.fullHandshakes
    resumedHandshakes += other.resumedHandshakes
  }
}
