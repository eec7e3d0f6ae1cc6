// SPDX-License-Identifier: Apache-2.0
//
// Numbers as people read them: grouped thousands, three significant digits, the fitting unit.

/// Texts for numbers in summaries.
package enum Figures {
  /// A whole number with its thousands grouped, `12,345`.
  package static func count(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// A duration given in microseconds: `812 µs`, `12.3 ms`, `1.23 s`, `2 min 5 s`.
  package static func duration(microseconds: Double) -> String {
    guard microseconds.isFinite, microseconds >= 0 else { return "-" }
    if microseconds < 999.5 { return significant(microseconds) + " µs" }
    if microseconds < 999_500 { return significant(microseconds / 1000) + " ms" }
    if microseconds < 119_500_000 { return significant(microseconds / 1_000_000) + " s" }
    let seconds = whole(microseconds / 1_000_000)
    return "\(seconds / 60) min \(seconds % 60) s"
  }

  /// A duration given in seconds.
  package static func duration(seconds: Double) -> String {
    duration(microseconds: seconds * 1_000_000)
  }

  /// A size in binary units, such as `512 B`, `12.3 KiB` or `1.23 MiB`.
  package static func octets(_ number: Double) -> String {
    guard number.isFinite, number >= 0 else { return "-" }
    var value = number
    for unit in ["B", "KiB", "MiB"] {
      if value < 1023.5 { return significant(value) + " " + unit }
      value /= 1024
    }
    return significant(value) + " GiB"
  }

  /// A rate of messages: `8,130/s`, `12.5/s`.
  package static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond >= 0 else { return "-" }
    return (perSecond < 100 ? significant(perSecond) : count(whole(perSecond))) + "/s"
  }

  /// A part of a whole: `100 %`, `99.97 %`, `0.02 %`.
  ///
  /// What is not all is never rounded up to 100 %, and what is something never down to 0 %.
  package static func share(_ part: Int, of total: Int) -> String {
    guard total > 0 else { return "-" }
    if part == 0 || part >= total { return part == 0 ? "0 %" : "100 %" }
    let percent = Double(part) / Double(total) * 100
    if percent > 99.99 { return ">99.99 %" }
    if percent < 0.01 { return "<0.01 %" }
    return fixed(percent, places: 2) + " %"
  }

  /// Three significant digits, `0.123`, `1.23`, `12.3`, `123`, without an exponent.
  static func significant(_ value: Double) -> String {
    if value == 0 { return "0" }
    if value < 0.9995 { return fixed(value, places: 3) }
    if value < 9.995 { return fixed(value, places: 2) }
    if value < 99.95 { return fixed(value, places: 1) }
    return String(whole(value))
  }

  /// A decimal fraction with so many places behind the point.
  static func fixed(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = whole(value.magnitude * Double(scale))
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: max(0, places - fraction.count))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + String(scaled / scale) + (places == 0 ? "" : "." + zeros + fraction)
  }

  private static func whole(_ value: Double) -> Int {
    Int(exactly: value.rounded()) ?? (value > 0 ? Int.max : 0)
  }
}
