// SPDX-License-Identifier: Apache-2.0
//
// Proves dates at the places where calendars go wrong.

import RunRecord
import Testing

@Suite struct TimestampTests {
  @Test(
    "Seconds become the right date",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (951_868_800, "2000-03-01T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_772_366_400, "2026-03-01T12:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
      (.max, "9999-12-31T23:59:59Z"), (.min, "0000-01-01T00:00:00Z"),
    ] as [(Int64, String)])
  func dates(seconds: Int64, text: String) {
    #expect(Timestamp.text(secondsSince1970: seconds) == text)
  }
}
