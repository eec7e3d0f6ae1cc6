// SPDX-License-Identifier: Apache-2.0
//
// The two clocks of a run: the calendar for people, the monotonic one for durations.

import Glibc

/// When a run began and how long it has taken.
struct RunClock {
  /// Seconds since 1970 UTC.
  let started = Int64(time(nil))
  private let begin = ContinuousClock.now

  /// Seconds since the beginning.
  var elapsed: Double { (ContinuousClock.now - begin) / .seconds(1) }
}
