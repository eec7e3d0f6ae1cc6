// SPDX-License-Identifier: Apache-2.0
//
// The engine's only notion of time: a monotonic reading that whoever drives it hands in. Knows no
// clock.

/// A moment on a monotonic clock; where its zero lies is the driver's affair.
package struct Instant: Comparable, Hashable, Sendable {
  /// Nanoseconds since the clock's zero.
  package var nanoseconds: Int64

  @inlinable
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable
  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Nanoseconds from the right moment to the left one.
  @inlinable
  package static func - (left: Instant, right: Instant) -> Int64 {
    left.nanoseconds &- right.nanoseconds
  }

  /// The moment so many nanoseconds later; the end of time where the sum does not fit.
  @inlinable
  package static func + (left: Instant, nanoseconds: Int64) -> Instant {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(nanoseconds)
    return Instant(nanoseconds: overflow ? .max : sum)
  }
}

extension Duration {
  /// The duration in nanoseconds, clamped to what 64 bits hold.
  package var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? .max : sum
  }
}
