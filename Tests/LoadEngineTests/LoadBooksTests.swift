// SPDX-License-Identifier: Apache-2.0
//
// Proves how reports of workers become a time line and what a reader is told about it.

import DialogueEngine
import RunRecord
import ScenarioLanguage
import Testing

@testable import LoadEngine

@Suite struct LoadBooksTests {
  static func report(
    _ worker: Int, _ second: Int, accepted: Int, isLast: Bool = false
  ) -> LoadReport {
    var tally = LoadTally()
    for number in 0..<accepted {
      tally.started += 1
      tally.count(LoadTallyTests.result(.accepted, code: 250, position: number + 1))
      tally.latency.record(.transaction, nanoseconds: 1_000_000)
    }
    return LoadReport(
      worker: worker, second: second, tally: tally, connected: 3, isLast: isLast)
  }

  @Test("A second is told once every worker has reported it, whatever the order")
  func seconds() {
    var books = LoadBooks(workers: 2)
    let none = books.add(Self.report(0, 0, accepted: 2))
    let ahead = books.add(Self.report(0, 1, accepted: 5))
    #expect(none == nil && ahead == nil)
    let first = books.add(Self.report(1, 0, accepted: 3))
    #expect(
      first == TimePoint(second: 0, started: 5, accepted: 5, connected: 6, p50: 1000, p99: 1000))
    _ = books.add(Self.report(1, 1, accepted: 1, isLast: true))
    #expect(!books.isComplete)
    _ = books.add(Self.report(0, 2, accepted: 0, isLast: true))
    #expect(books.isComplete)
    #expect(books.timeline.map(\.accepted) == [5, 6, 0])
    #expect(books.timeline.map(\.second) == [0, 1, 2])
    #expect(books.timeline[2].p50 == nil)
    #expect(books.total.messages.accepted == 11)
  }

  @Test("How connections end is counted by manner and place, and stays bounded")
  func endings() {
    var table = EndingTable()
    for number in 0..<1_000 { table.count(.closed, after: number) }
    table.count(.announced, after: 5, times: 3)
    var other = EndingTable()
    other.count(.announced, after: 5)
    table.merge(other)
    #expect(table.records.filter { $0.manner == .closed }.count <= 64)
    #expect(table.records.reduce(0) { $0 + $1.count } == 1_004)
    #expect(
      table.records.first { $0.manner == .announced }
        == EndingRecord(manner: .announced, after: 5, count: 4))
  }
}

@Suite struct LoadFindingsTests {
  static func load(_ change: (inout LoadRecord) -> Void) -> LoadRecord {
    var load = LoadRecord(model: "closed", sessions: 10, measured: 2)
    load.messages.attempted = 100
    load.messages.accepted = 100
    load.latency["transaction"] = latency(1_000)
    load.latency["connect"] = latency(200)
    change(&load)
    return load
  }

  static func latency(_ p50: Double) -> LatencyRecord {
    LatencyRecord(
      count: 10, min: p50, p50: p50, p90: p50, p99: p50, p999: p50, max: p50, mean: p50)
  }

  static func findings(
    of load: LoadRecord, _ change: (inout LoadTally) -> Void = { _ in }
  ) -> [String] {
    var tally = LoadTally()
    change(&tally)
    return LoadFindings.of(load, tally: tally, begin: Instant(nanoseconds: 0))
  }

  @Test("A load without trouble has no finding")
  func quiet() {
    #expect(Self.findings(of: Self.load { _ in }).isEmpty)
  }

  @Test("Throttling is named as such, with its replies, apart from rejection")
  func throttling() {
    let load = Self.load {
      $0.messages.accepted = 80
      $0.messages.throttled = 20
      $0.replies = [250: 300, 421: 20]
      $0.samples = ["421": ["421 4.7.0 too many messages"]]
    }
    #expect(
      Self.findings(of: load) == [
        "The target throttled 20 of 100 messages (20 %): 20 × 421 4.7.0 too many messages. "
          + "It limits us on purpose; this is not a failure to deliver."
      ])
  }

  @Test("What followed 421 is named with its cost", arguments: [1, 12])
  func pauses(count: Int) {
    let load = Self.load {
      $0.reopening = ReopenRecord(policy: "5s", pauses: count, paused: 58.25, stopped: 0)
    }
    #expect(
      Self.findings(of: load) == [
        "Told 421, sessions waited 5s before they opened again, as asked: "
          + "\(count == 1 ? "1 pause" : "12 pauses"), 58.3 s of their time together, "
          + "in which they sent nothing."
      ])
  }

  @Test(
    "Sessions that stopped are counted, and a load without any is void",
    arguments: [
      (0, 0, nil, nil),
      (3, 0, "3 of 10 sessions opened no further connection, as asked; the others went on.", nil),
      (
        10, 0, "10 of 10 sessions opened no further connection, as asked: no session was left.",
        "no session was left: each was told 421 and opened no further connection, as asked"
      ),
      (
        10, 7,
        "10 of 10 sessions opened no further connection, as asked: no session was left, and "
          + "7 messages not started.",
        "no session was left: each was told 421 and opened no further connection, as asked; "
          + "7 messages were never started"
      ),
    ] as [(Int, Int, String?, String?)])
  func stopped(count: Int, left: Int, words: String?, fault: String?) {
    let load = Self.load {
      $0.messages.notStarted = left
      $0.reopening = ReopenRecord(policy: "stop", pauses: 0, paused: 0, stopped: count)
    }
    #expect(Self.findings(of: load) == words.map { ["Told 421, \($0)"] } ?? [])
    #expect(LoadValidity.fault(of: load) == fault)
  }

  @Test("Connections that all end after one number of messages show the target's limit")
  func limit() {
    let load = Self.load { $0.endings = [EndingRecord(manner: .announced, after: 5, count: 12)] }
    #expect(
      Self.findings(of: load) == [
        "The target ends connections after 5 messages, with 421: so it did 12 times."
      ])
  }

  @Test("Connections that end anywhere show no limit, but are told")
  func drops() {
    let load = Self.load {
      $0.endings = [
        EndingRecord(manner: .closed, after: 7, count: 1),
        EndingRecord(manner: .closed, after: 2, count: 1),
      ]
      $0.messages.accepted = 98
      $0.messages.lost = 2
      $0.samples = ["lost": ["closed by the target (FIN)"]]
    }
    #expect(
      Self.findings(of: load) == [
        "No reply came for 2 of 100 messages (2 %): closed by the target (FIN).",
        "The target ended 2 connections without a word (FIN), after 2 to 7 messages.",
      ])
  }

  @Test("A silence while sessions waited is a stall, with its time")
  func stall() {
    let found = Self.findings(of: Self.load { _ in }) {
      $0.silence = Silence(
        nanoseconds: 1_000_000_000, end: Instant(nanoseconds: 3_500_000_000), waiting: 10)
    }
    #expect(
      found == [
        "The target stalled: nothing came back for 1 s, from 2.5 s on, while 10 sessions waited for a reply."
      ])
  }

  @Test("A silence no longer than the usual latency is none")
  func slow() {
    let load = Self.load { $0.latency["transaction"] = Self.latency(800_000) }
    let found = Self.findings(of: load) {
      $0.silence = Silence(
        nanoseconds: 1_000_000_000, end: Instant(nanoseconds: 3_000_000_000), waiting: 1)
    }
    #expect(found.isEmpty)
  }

  @Test("Latency that grows along the connection, and late answers, are a tarpit")
  func tarpit() {
    let load = Self.load {
      $0.positions = [
        PositionRecord(first: 1, last: 1, latency: Self.latency(2_000)),
        PositionRecord(first: 5, last: 8, latency: Self.latency(400_000)),
      ]
      $0.latency["greeting"] = Self.latency(3_000_000)
      $0.latency["rcpt"] = Self.latency(1_000_000)
    }
    let found = Self.findings(of: load)
    #expect(found.count == 3)
    #expect(found[0].contains("2 ms for message 1, 400 ms for 5–8"))
    #expect(found[1].contains("The greeting comes 3000 ms after the connection"))
    #expect(found[2].contains("RCPT is answered after 1000 ms"))
  }
}

@Suite struct LoadValidityTests {
  static func open(_ change: (inout LoadRecord) -> Void) -> LoadRecord {
    var load = LoadRecord(model: "open", sessions: 10, measured: 10)
    load.messages.attempted = 1_000
    load.messages.accepted = 1_000
    load.arrivals = ArrivalRecord(
      plan: "100/s for 10 s", planned: 1_000, asked: 100, achieved: 100, waited: 0, late: 0)
    change(&load)
    return load
  }

  @Test("What was asked for and done on time is valid")
  func valid() { #expect(LoadValidity.fault(of: Self.open { _ in }) == nil) }

  @Test("Less than 95 % of the asked rate is another load")
  func rate() {
    #expect(LoadValidity.fault(of: Self.open { $0.arrivals?.achieved = 95 }) == nil)
    #expect(
      LoadValidity.fault(of: Self.open { $0.arrivals?.achieved = 94.9 })
        == "94.9 messages a second were begun, 100.0 were asked for")
  }

  @Test("More than a hundredth of late starts spoils the percentiles")
  func late() {
    #expect(LoadValidity.fault(of: Self.open { $0.arrivals?.late = 10 }) == nil)
    let fault = LoadValidity.fault(of: Self.open { $0.arrivals?.late = 11 })
    #expect(fault?.contains("the harness was late: 1.1 %") == true)
  }

  @Test("A closed load that kept us busy is void only where a threshold judges a time, and says so")
  func busy() throws {
    var load = Self.open { $0.cpuShare = 0.99 }
    #expect(LoadValidity.fault(of: load)?.contains("99 %") == true)
    load.model = "closed"
    load.arrivals = nil
    let errors = try Threshold.parse("errors==0", in: "test")
    let latency = try Threshold.parse("transaction.p99<1s", in: "test")
    #expect(LoadValidity.fault(of: load, judgedBy: [errors]) == nil)
    #expect(LoadValidity.fault(of: load, judgedBy: [latency])?.contains("99 %") == true)
    #expect(LoadFindingsTests.findings(of: load).first?.contains("are ours") == true)
  }

  @Test("Messages that never started make it void, unless the load was ended on purpose")
  func notStarted() {
    let load = Self.open { $0.messages.notStarted = 5 }
    #expect(LoadValidity.fault(of: load)?.contains("5 of 1005 messages") == true)
    var ended = load
    ended.endedEarly = "after 2 s: errors"
    #expect(LoadValidity.fault(of: ended) == nil)
  }
}
