// SPDX-License-Identifier: Apache-2.0
//
// Durations, sizes, rates and ranges as scripts and command lines write them.

/// So many events a second.
package struct Rate: Sendable, Equatable {
  /// Above 0, at most `Limits.rate`.
  package var perSecond: Double

  package init(perSecond: Double) { self.perSecond = perSecond }
}

/// Reads quantities with their units; nil for anything else.
package enum Quantity {
  /// `250ms`, `3s`, `1.5s`, `2m`, `1h`.
  package static func duration(_ text: String) -> Duration? {
    // The longer unit first: `ms` also ends in `s`.
    let units: [(String, Double)] = [("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)]
    guard let (number, factor) = split(text, units) else { return nil }
    let nanoseconds = (number * factor).rounded()
    guard nanoseconds <= 1e18 else { return nil }
    return .nanoseconds(Int64(nanoseconds))
  }

  /// `4096`, `4KiB`, `1MiB`, in octets.
  package static func size(_ text: String) -> Int? {
    let units: [(String, Double)] = [("KiB", 1024), ("MiB", 1_048_576), ("", 1)]
    guard let (number, factor) = split(text, units) else { return nil }
    let octets = number * factor
    guard octets == octets.rounded(), octets <= 1e15 else { return nil }
    return Int(octets)
  }

  /// `500/s`, `30/m`, `10/h`.
  package static func rate(_ text: String) -> Rate? {
    let units: [(String, Double)] = [("/s", 1), ("/m", 60), ("/h", 3600)]
    guard let (number, seconds) = split(text, units) else { return nil }
    let perSecond = number / seconds
    guard perSecond > 0, perSecond <= Limits.rate else { return nil }
    return Rate(perSecond: perSecond)
  }

  /// `1..50`: both ends are whole numbers and belong to the range.
  package static func range(_ text: String) -> ClosedRange<Int>? {
    ends(of: text, { wholeNumber($0) })
  }

  /// A range of sizes, `1KiB..64KiB`.
  package static func sizes(_ text: String) -> ClosedRange<Int>? { ends(of: text, size) }

  /// A range of durations, `1s..5s`, or one alone.
  package static func durations(_ text: String) -> ClosedRange<Duration>? {
    if let one = duration(text) { return one...one }
    return ends(of: text, duration)
  }

  /// `1..200 step 10`: 1, 11, 21 and so on up to 200; without `step`, one by one.
  package static func staircase(_ text: String) -> [Int]? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard let range = parts.first.flatMap(range) else { return nil }
    switch parts.count {
    case 1: return range.count <= 10_000 ? Array(range) : nil
    case 3 where parts[1] == "step":
      guard let step = wholeNumber(parts[2]), step > 0, range.count / step <= 10_000 else {
        return nil
      }
      return Array(stride(from: range.lowerBound, through: range.upperBound, by: step))
    default: return nil
    }
  }

  /// A number in digits alone.
  package static func wholeNumber(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// The shortest way to write a duration.
  package static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    switch milliseconds {
    case 3_600_000... where milliseconds.remainder(dividingBy: 3_600_000) == 0:
      return "\(Int(milliseconds / 3_600_000))h"
    case 60_000... where milliseconds.remainder(dividingBy: 60_000) == 0:
      return "\(Int(milliseconds / 60_000))m"
    case 1_000... where milliseconds.remainder(dividingBy: 1_000) == 0:
      return "\(Int(milliseconds / 1_000))s"
    default:
      let isWhole = milliseconds == milliseconds.rounded() && milliseconds < 1e15
      return isWhole ? "\(Int(milliseconds))ms" : "\(milliseconds)ms"
    }
  }

  /// A number with the first unit that the text ends in.
  private static func split(
    _ text: String, _ units: [(name: String, factor: Double)]
  ) -> (Double, Double)? {
    guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
    return number(text.dropLast(unit.name.count)).map { ($0, unit.factor) }
  }

  /// A number in plain decimal notation: no sign, no exponent.
  package static func number(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, text.utf8.count <= 18 else { return nil }
    for part in parts where part.isEmpty || !part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return nil
    }
    return Double(text)
  }

  private static func ends<Bound: Comparable>(
    of text: String, _ read: (String) -> Bound?
  ) -> ClosedRange<Bound>? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
    guard let low = read(String(first)), let high = read(String(last)), low <= high else {
      return nil
    }
    return low...high
  }
}
