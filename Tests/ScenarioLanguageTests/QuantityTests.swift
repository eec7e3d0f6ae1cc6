// SPDX-License-Identifier: Apache-2.0
//
// Durations, sizes, rates, ranges and words that are near each other.

import ScenarioLanguage
import Testing

struct QuantityTests {
  @Test(
    "Durations are numbers with a unit",
    arguments: [
      ("250ms", 250_000_000), ("3s", 3_000_000_000), ("1.5s", 1_500_000_000),
      ("2m", 120_000_000_000), ("1h", 3_600_000_000_000), ("0ms", 0), ("0.5ms", 500_000),
    ])
  func duration(_ text: String, _ nanoseconds: Int64) {
    #expect(Quantity.duration(text)?.nanoseconds == nanoseconds)
  }

  @Test(
    "Other texts are no durations",
    arguments: [
      "", "s", "3", "3 s", "-3s", "+3s", "3S", "1e3s", "0x3s", ".5s", "5.s", "1.2.3s", "infs",
      "nans", "3sec", "99999999999999999999h", "１s",
    ])
  func noDuration(_ text: String) {
    #expect(Quantity.duration(text) == nil)
  }

  @Test(
    "A duration is shown in the largest unit that fits",
    arguments: ["0ms", "250ms", "3s", "90s", "2m", "1h", "1500ms", "0.5ms"])
  func shown(_ text: String) throws {
    #expect(Quantity.text(try #require(Quantity.duration(text))) == text)
  }

  @Test(
    "Sizes are octets, with or without a binary unit",
    arguments: [
      ("0", 0), ("4096", 4096), ("4KiB", 4096), ("1MiB", 1_048_576), ("1.5KiB", 1536),
    ])
  func size(_ text: String, _ octets: Int) {
    #expect(Quantity.size(text) == octets)
  }

  @Test(
    "Other texts are no sizes",
    arguments: ["", "KiB", "4KB", "4 KiB", "4kib", "-1", "1.3", "0.3KiB", "9999999999999999999"])
  func noSize(_ text: String) {
    #expect(Quantity.size(text) == nil)
  }

  @Test("Rates are events in a time", arguments: [("500/s", 500.0), ("30/m", 0.5), ("36/h", 0.01)])
  func rate(_ text: String, _ perSecond: Double) {
    #expect(Quantity.rate(text)?.perSecond == perSecond)
  }

  @Test(
    "Other texts are no rates", arguments: ["", "0/s", "5", "/s", "5/", "5/d", "-1/s", "2000000/s"])
  func noRate(_ text: String) {
    #expect(Quantity.rate(text) == nil)
  }

  @Test("Ranges have two ends that belong to them")
  func ranges() {
    #expect(Quantity.range("1..50") == 1...50)
    #expect(Quantity.range("7..7") == 7...7)
    #expect(Quantity.sizes("1KiB..64KiB") == 1024...65536)
    for text in ["", "1", "1..", "..5", "5..1", "1...5", "a..b", "1..2..3"] {
      #expect(Quantity.range(text) == nil, "\(text)")
    }
  }

  @Test("A staircase lists its steps")
  func staircase() {
    #expect(Quantity.staircase("1..31 step 10") == [1, 11, 21, 31])
    #expect(Quantity.staircase("1..40 step 10") == [1, 11, 21, 31])
    #expect(Quantity.staircase("3..5") == [3, 4, 5])
    for text in ["", "1..5 step 0", "1..5 step", "1..5 by 2", "1..5  step 2", "1..99999999999"] {
      #expect(Quantity.staircase(text) == nil, "\(text)")
    }
  }

  @Test("A number of transactions is fixed, a range, or endless")
  func perConnection() {
    #expect(PerConnection("0") == .fixed(0))
    #expect(PerConnection("1..50") == .range(1, 50))
    #expect(PerConnection("endless") == .endless)
    for text in ["", "-1", "0..5", "5..1", "forever"] {
      #expect(PerConnection(text) == nil, "\(text)")
    }
  }

  @Test(
    "The nearest word is a slip of the finger away",
    arguments: [
      ("recipent", "recipient"), ("sedner", "sender"), ("SENDER", "sender"), ("unknwon", "unknown"),
      ("recip", "recipient"), ("max-sessions", "max_sessions"),
    ])
  func near(_ word: String, _ known: String) {
    let words = ["sender", "recipient", "unknown", "foreign", "max_sessions"]
    #expect(NearestWord.find(word, among: words) == known)
  }

  @Test("Nothing is near to a strange word", arguments: ["", "x", "elephant", "日本語の文字列"])
  func far(_ word: String) {
    #expect(NearestWord.find(word, among: ["sender", "recipient"]) == nil)
  }

  @Test("A word of any length and sort is compared without harm")
  func hostile() {
    let long = String(repeating: "é", count: 100_000)
    #expect(NearestWord.find(long, among: ["sender"]) == nil)
    #expect(NearestWord.find("sender", among: [long, ""]) == nil)
  }
}
