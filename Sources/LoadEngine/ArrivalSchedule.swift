// SPDX-License-Identifier: Apache-2.0
//
// When the messages of an open load are meant to begin: a pure function of the rate, known before
// anything is sent. A rate counts messages, over all sessions and workers together.

package import ScenarioLanguage

/// The intended beginnings of all messages of an open load.
///
/// With `r(t)` messages a second asked for at the time `t`, message `n` (from 0) is due when the
/// integral of `r` has reached `n`: at a constant rate every `1/r` seconds, the first at once.
package struct ArrivalSchedule: Sendable, Equatable, CustomStringConvertible {
  /// How many messages begin in all.
  package let count: Int
  /// Nanoseconds from the start to the end of the last stage.
  package let length: Int64
  private let stretches: [Stretch]

  /// A stage with all that is needed to find a message in it.
  private struct Stretch: Sendable, Equatable {
    /// Seconds from the start.
    var begin: Double
    var seconds: Double
    /// Messages a second at both ends.
    var first: Double
    var last: Double
    /// Messages due before it, with their fraction.
    var before: Double

    var messages: Double { (first + last) / 2 * seconds }
  }

  /// Names the stages, `100/s for 5 s`, `0/s to 50/s over 2 s, 50/s for 3 s`.
  package var description: String {
    stretches.map { stretch in
      stretch.first == stretch.last
        ? "\(Self.number(stretch.last))/s for \(Self.number(stretch.seconds)) s"
        : "\(Self.number(stretch.first))/s to \(Self.number(stretch.last))/s over "
          + "\(Self.number(stretch.seconds)) s"
    }.joined(separator: ", ")
  }

  private static func number(_ value: Double) -> String {
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  /// - Parameters:
  ///   - stages: At least one; a ramp begins at the rate before it, 0 at the start.
  ///   - limit: The most messages; the schedule ends when they have begun.
  package init(stages: [LoadPlan.Stage], limit: Int? = nil) {
    var stretches: [Stretch] = []
    var rate = 0.0
    var begin = 0.0
    var before = 0.0
    for stage in stages {
      let stretch = Stretch(
        begin: begin, seconds: stage.duration / .seconds(1),
        first: stage.kind == .ramp ? rate : stage.rate.perSecond, last: stage.rate.perSecond,
        before: before)
      stretches.append(stretch)
      rate = stretch.last
      begin += stretch.seconds
      before += stretch.messages
    }
    self.stretches = stretches
    // What is due at the very end is not begun any more; the rounding error of a sum is no message.
    let due = Int((before - Self.roundingError).rounded(.up))
    count = min(max(0, due), limit ?? .max)
    let end = Int64((begin * 1e9).rounded())
    length = count < due ? Self.offset(of: count, in: stretches) ?? end : end
  }

  /// A constant rate.
  package init(rate: Rate, duration: Duration, limit: Int? = nil) {
    self.init(stages: [.init(kind: .hold, rate: rate, duration: duration)], limit: limit)
  }

  /// The same times at a share of the rate.
  package func scaled(by share: Double) -> ArrivalSchedule {
    let limit = Int((Double(count) * share).rounded())
    let stages = stretches.map { stretch in
      LoadPlan.Stage(
        kind: stretch.first == stretch.last ? .hold : .ramp,
        rate: Rate(perSecond: stretch.last * share),
        duration: .nanoseconds(Int64((stretch.seconds * 1e9).rounded())))
    }
    return ArrivalSchedule(stages: stages, limit: limit)
  }

  private static let roundingError = 1e-6

  /// Nanoseconds from the start at which message `index`, from 0, is meant to begin; nil behind the
  /// last one.
  package func offset(of index: Int) -> Int64? {
    index >= 0 && index < count ? Self.offset(of: index, in: stretches) : nil
  }

  private static func offset(of index: Int, in stretches: [Stretch]) -> Int64? {
    let wanted = Double(index)
    guard let stretch = stretches.last(where: { $0.before <= wanted }) else { return nil }
    let inside = wanted - stretch.before
    let slope = (stretch.last - stretch.first) / stretch.seconds
    // The smaller root of slope/2·t² + first·t = inside, in the form that loses no digits.
    let root = max(0, stretch.first * stretch.first + 2 * slope * inside).squareRoot()
    let divisor = stretch.first + root
    let seconds = inside > 0 && divisor > 0 ? 2 * inside / divisor : 0
    return Int64(((stretch.begin + min(seconds, stretch.seconds)) * 1e9).rounded())
  }
}
