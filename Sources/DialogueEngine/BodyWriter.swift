// SPDX-License-Identifier: Apache-2.0
//
// Divides what a step writes into portions: as large as the transport should hold at once, or cut
// and paced as the script asks. Says when to pause; waits for nothing itself.

import MailContent
import ScenarioLanguage

/// The rest of a long or shaped write.
struct BodyWriter {
  /// Octets handed out at once: what a socket buffer takes at its default size, so that one
  /// session of a load does not hold much more than this.
  static let largestPortion = 64 << 10

  /// What to do next.
  enum Step: Equatable {
    /// A portion was appended, and more will follow.
    case portion
    /// The last portion was appended.
    case lastPortion
    /// Nothing until then.
    case pause(until: Instant)
    /// There was nothing left to write.
    case complete
    /// The script's time for writing is over.
    case stopped
  }

  private enum Content {
    case message(MessageCursor, left: Int)
    case octets([UInt8], next: Int)
  }

  private var content: Content
  private let cut: Cut
  private let pace: WriteShape.Pace?
  private let pauseBetweenCuts: Int64
  private let stopAt: Instant?
  /// A second write, and the pause before it.
  private var following: (octets: [UInt8], pause: Int64)?
  private var resumeAt: Instant?
  private var cutsDone = 0
  private(set) var written = 0
  private(set) var portions = 0

  /// Writes the first `atMost` octets of a message.
  init(message: MessageCursor, atMost: Int = .max, shape: WriteShape, at now: Instant) {
    self.init(content: .message(message, left: atMost), shape: shape, cutPause: 0, at: now)
  }

  /// Writes octets.
  init(
    octets: [UInt8], shape: WriteShape, following: [UInt8]? = nil, cutPause: Int64, at now: Instant
  ) {
    self.init(content: .octets(octets, next: 0), shape: shape, cutPause: cutPause, at: now)
    if let then = shape.then, let following {
      self.following = (following, then.after.wholeNanoseconds)
    }
  }

  private init(content: Content, shape: WriteShape, cutPause: Int64, at now: Instant) {
    self.content = content
    cut = shape.cut
    pace = shape.pace
    pauseBetweenCuts = cutPause
    stopAt = shape.limit.map { now + $0.wholeNanoseconds }
  }

  /// Appends the next portion, or says why there is none.
  mutating func next(at now: Instant, into out: inout [UInt8]) -> Step {
    if let stopAt, now >= stopAt { return .stopped }
    if let resumeAt, now < resumeAt { return .pause(until: min(resumeAt, stopAt ?? resumeAt)) }
    resumeAt = nil
    let before = out.count
    let more = append(to: &out)
    let count = out.count - before
    if count == 0 { return startFollowing(at: now) ?? .complete }
    written += count
    portions += 1
    guard more else { return following == nil ? .lastPortion : .portion }
    let pause = pace?.every.wholeNanoseconds ?? (cut == .whole ? 0 : pauseBetweenCuts)
    if pause > 0 { resumeAt = now + pause }
    return .portion
  }

  /// Turns to the second write, if there is one.
  private mutating func startFollowing(at now: Instant) -> Step? {
    guard let second = following else { return nil }
    following = nil
    content = .octets(second.octets, next: 0)
    cutsDone = 0
    // A pause of nothing still leaves two writes.
    resumeAt = now + second.pause
    return .pause(until: now + second.pause)
  }

  /// - Returns: whether there may be more.
  private mutating func append(to out: inout [UInt8]) -> Bool {
    switch content {
    case .message(var cursor, let left):
      let before = out.count
      let more = cursor.write(into: &out, atMost: min(left, pace?.octets ?? Self.largestPortion))
      let rest = left - (out.count - before)
      content = .message(cursor, left: rest)
      return more && rest > 0
    case .octets(let octets, let next):
      let end = portionEnd(of: octets, from: next)
      out.append(contentsOf: octets[next..<end])
      content = .octets(octets, next: end)
      return end < octets.count
    }
  }

  private mutating func portionEnd(of octets: [UInt8], from start: Int) -> Int {
    let bound = min(octets.count, start + (pace?.octets ?? Self.largestPortion))
    switch cut {
    case .whole: return bound
    case .everyOctet: return min(bound, start + 1)
    case .after(let places):
      while cutsDone < places.count, places[cutsDone] <= start { cutsDone += 1 }
      return cutsDone < places.count ? min(bound, places[cutsDone]) : bound
    case .insideLineEnds:
      var place = start
      while place < bound {
        // A CR that opened this portion was the end of the last one's line.
        if octets[place] == 0x0D, place + 1 < octets.count, octets[place + 1] == 0x0A {
          return place + 1
        }
        place += 1
      }
      return bound
    }
  }
}
