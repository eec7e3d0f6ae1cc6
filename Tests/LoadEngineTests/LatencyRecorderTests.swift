// SPDX-License-Identifier: Apache-2.0
//
// Proves that what is recorded comes out again: counts exactly, values within the precision of three
// digits, whatever was merged with what.

import RunRecord
import ScenarioLanguage
import Testing

@testable import LoadEngine

@Suite struct LatencyRecorderTests {
  @Test("Percentiles of a known distribution lie within a thousandth")
  func percentiles() throws {
    var recorder = LatencyRecorder()
    for microseconds in 1...10_000 {
      recorder.record(.mail, nanoseconds: Int64(microseconds) * 1_000)
    }
    let record = try #require(recorder.records()["mail"])
    #expect(record.count == 10_000)
    let expected = [
      (record.p50, 5_000.0), (record.p90, 9_000), (record.p99, 9_900), (record.p999, 9_990),
      (record.max, 10_000), (record.mean, 5_000.5),
    ]
    for (measured, value) in expected {
      #expect(abs(measured - value) <= value / 500, "\(measured) for \(value)")
    }
    #expect(record.min == 1)
    #expect(record.p999 <= record.max)
    #expect(record.buckets.reduce(0) { $0 + $1.count } == 10_000)
  }

  @Test("Merging two recorders equals recording everything in one")
  func merging() {
    var one = LatencyRecorder()
    var two = LatencyRecorder()
    var both = LatencyRecorder()
    for number in 1...1_000 {
      let value = Int64(number) * 7_919
      if number.isMultiple(of: 3) {
        one.record(.body, nanoseconds: value)
      } else {
        two.record(.body, nanoseconds: value * 1_000)
      }
      both.record(.body, nanoseconds: number.isMultiple(of: 3) ? value : value * 1_000)
    }
    two.record(.quit, nanoseconds: 5_000)
    both.record(.quit, nanoseconds: 5_000)
    one.merge(two)
    #expect(one.records() == both.records())
  }

  @Test("Odd values are bounded and never lost", arguments: [Int64.min, -1, 0, 1, Int64.max])
  func oddValues(value: Int64) throws {
    var recorder = LatencyRecorder()
    recorder.record(.connect, nanoseconds: value)
    let record = try #require(recorder.records()["connect"])
    #expect(record.count == 1)
    #expect(record.max <= Double(LatencyHistogram.highest) / 1_000)
  }

  @Test("A place on the connection falls into the band that holds it", arguments: 1...300)
  func bands(position: Int) throws {
    var recorder = PositionRecorder()
    recorder.record(position: position, nanoseconds: 5_000)
    let record = try #require(recorder.records.first)
    #expect(recorder.records.count == 1)
    #expect(record.first <= position && position <= record.last ?? .max)
  }

  @Test("Every phase has a slot of its own")
  func slots() {
    #expect(Set(Phase.allCases.map(\.slot)) == Set(0..<Phase.slots))
  }
}
