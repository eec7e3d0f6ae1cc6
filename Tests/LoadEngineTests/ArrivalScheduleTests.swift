// SPDX-License-Identifier: Apache-2.0
//
// Proves when messages of an open load are due, without a clock.

import ScenarioLanguage
import Testing

@testable import LoadEngine

@Suite struct ArrivalScheduleTests {
  static func rate(_ perSecond: Double) -> Rate { Rate(perSecond: perSecond) }

  static func ramp(_ rate: Double, _ seconds: Double) -> LoadPlan.Stage {
    .init(kind: .ramp, rate: Self.rate(rate), duration: .seconds(seconds))
  }

  static func hold(_ rate: Double, _ seconds: Double) -> LoadPlan.Stage {
    .init(kind: .hold, rate: Self.rate(rate), duration: .seconds(seconds))
  }

  @Test("At a constant rate messages are due at equal distances, the first at once")
  func constant() {
    let schedule = ArrivalSchedule(rate: Self.rate(4), duration: .seconds(2))
    let offsets = (0..<8).map { schedule.offset(of: $0) }
    #expect(offsets == (0..<8).map { Int64($0) * 250_000_000 })
    #expect(schedule.count == 8)
    #expect(schedule.offset(of: 8) == nil && schedule.offset(of: -1) == nil)
    #expect(schedule.length == 2_000_000_000)
  }

  @Test(
    "The number of messages is rate times time, whatever the fractions",
    arguments: [
      (0.1, 30, 3), (1.0 / 3, 9, 3), (500, 60, 30_000), (7, 1, 7), (0.5, 1, 1),
    ] as [(Double, Double, Int)])
  func counts(rate: Double, seconds: Double, count: Int) {
    let schedule = ArrivalSchedule(rate: Self.rate(rate), duration: .seconds(seconds))
    #expect(schedule.count == count)
    #expect(schedule.offset(of: count - 1).map { $0 < schedule.length } == true)
  }

  @Test("A ramp from nothing has the area of a triangle and gets denser")
  func ramp() throws {
    let schedule = ArrivalSchedule(stages: [Self.ramp(100, 10)])
    #expect(schedule.count == 500)
    let offsets = try (0..<500).map { try #require(schedule.offset(of: $0)) }
    let gaps = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    #expect(zip(gaps, gaps.dropFirst()).allSatisfy { $0 >= $1 - 1 })
    // Half of the time has a quarter of the messages.
    #expect(offsets.count { $0 < 5_000_000_000 } == 125)
    // The n-th of a ramp from 0 to r over d is due at the square root of 2 n d / r.
    #expect(offsets[50] == Int64(((2.0 * 50 * 10 / 100).squareRoot() * 1e9).rounded()))
  }

  @Test("A falling ramp gets thinner, and a stage behind it goes on at its own rate")
  func falling() throws {
    let schedule = ArrivalSchedule(stages: [Self.hold(100, 1), Self.ramp(10, 2), Self.hold(10, 1)])
    #expect(schedule.count == 100 + 110 + 10)
    let offsets = try (0..<220).map { try #require(schedule.offset(of: $0)) }
    #expect(offsets == offsets.sorted())
    #expect(offsets[100] == 1_000_000_000)
    #expect(offsets[210] == 3_000_000_000)
    #expect(offsets[219] == 3_900_000_000)
  }

  @Test("A limit ends the schedule when the last message of it is due and the next would be")
  func limited() {
    let schedule = ArrivalSchedule(rate: Self.rate(10), duration: .seconds(100), limit: 5)
    #expect(schedule.count == 5)
    #expect(schedule.length == 500_000_000)
    #expect(schedule.offset(of: 5) == nil)
  }

  @Test("Message 1,000,000,000 of a long run is due to the microsecond")
  func precision() {
    let schedule = ArrivalSchedule(rate: Self.rate(1_000_000), duration: .seconds(2_000))
    #expect(schedule.offset(of: 1_000_000_000) == 1_000_000_000_000)
    #expect(schedule.offset(of: 1_000_000_001) == 1_000_000_001_000)
  }

  @Test("The plan is named as a person would say it")
  func description() {
    let stages = [Self.ramp(50, 2), Self.hold(50, 3), Self.ramp(0.5, 1.5)]
    #expect(
      ArrivalSchedule(stages: stages).description
        == "0/s to 50/s over 2 s, 50/s for 3 s, 50/s to 0.5/s over 1.5 s")
  }
}

@Suite struct ArrivalShareTests {
  static let schedule = ArrivalSchedule(rate: Rate(perSecond: 1_000), duration: .seconds(1))

  @Test("Workers share the messages so that each is sent once, in order", arguments: [1, 2, 3, 7])
  func shares(workers: Int) {
    var numbers: [Int] = []
    for place in 0..<workers {
      var share = ArrivalShare(of: Self.schedule, place: place, workers: workers)
      var own: [Int] = []
      while let work = share.take(at: .max) { own.append(work.number) }
      #expect(own == own.sorted() && share.isDone)
      numbers += own
    }
    #expect(numbers.sorted() == Array(1...1_000))
  }

  @Test("Nothing is handed out before its time, and what is due is counted up to the bound")
  func due() {
    var share = ArrivalShare(of: Self.schedule, place: 0, workers: 1)
    let early = share.take(at: -1)
    #expect(early == nil)
    #expect(share.backlog(at: 10_000_000, upTo: 100) == 11)
    #expect(share.backlog(at: 10_000_000, upTo: 5) == 5)
    #expect(share.due(ahead: 3) == 3_000_000)
    let first = share.take(at: 0)
    #expect(first == Work(number: 1, due: 0))
    #expect(share.due == 1_000_000)
  }

  @Test("A message given back keeps its number and its time and is the next one")
  func givenBack() {
    var source = WorkSource.arrivals(ArrivalShare(of: Self.schedule, place: 0, workers: 1))
    let first = source.take(at: 0)
    #expect(first == .message(Work(number: 1, due: 0)))
    source.giveBack(Work(number: 1, due: 0))
    #expect(source.backlog(at: 0, upTo: 10) == 1)
    let again = source.take(at: 0)
    #expect(again == .message(Work(number: 1, due: 0)))
    let later = source.take(at: 0)
    #expect(later == .later)
  }

  @Test("A closed source hands out nothing and takes nothing back")
  func closed() {
    var source = WorkSource.arrivals(ArrivalShare(of: Self.schedule, place: 0, workers: 1))
    source.close()
    source.giveBack(Work(number: 1, due: 0))
    #expect(!source.hasMore && source.due == nil)
    let found = source.take(at: .max)
    #expect(found == .nothing)
  }
}
