// SPDX-License-Identifier: Apache-2.0
//
// Points in time as records write them: RFC 3339, UTC, whole seconds. Knows no clock.

/// Texts for points in time.
package enum Timestamp {
  /// Seconds since 1970 UTC as `2026-03-01T12:00:00Z` (RFC 3339 section 5.6).
  ///
  /// Years outside 0 to 9999, which the format cannot say, become its first or last second.
  package static func text(secondsSince1970 seconds: Int64) -> String {
    let seconds = min(max(seconds, firstSecond), lastSecond)
    let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
    let second = seconds - days * 86_400
    let (year, month, day) = date(daysSince1970: days)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
      + "T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
  }

  private static let firstSecond: Int64 = -62_167_219_200
  private static let lastSecond: Int64 = 253_402_300_799

  /// The Gregorian date, reckoned in years that begin in March, so that the leap day comes last.
  private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468  // Days since 0000-03-01.
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * march + 2) / 5 + 1)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
