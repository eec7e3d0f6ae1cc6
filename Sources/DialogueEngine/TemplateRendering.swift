// SPDX-License-Identifier: Apache-2.0
//
// Fills the holes of a template, straight into the octets that go out.

import MailContent
import ScenarioLanguage

/// A template with its variables resolved as far as a whole run goes.
struct PreparedTemplate: Sendable {
  enum Part: Sendable {
    case octets([UInt8])
    case secret([UInt8])
    case session
    case message
    case messageSize
    case random(Int)
    /// The index of a column.
    case feed(Int)
    case captured(String)
    case recipient(each: Int, place: Int)
  }

  let parts: [Part]
  /// The octets of a template without variables and secrets.
  let literal: [UInt8]?

  init(_ template: Template, _ settings: DialogueSettings) {
    literal = template.literal
    parts = template.pieces.map { piece in
      switch piece {
      case .octets(let octets): .octets(octets)
      case .secret(let octets): .secret(octets)
      case .variable(.session): .session
      case .variable(.message): .message
      case .variable(.messageSize): .messageSize
      case .variable(.random(let count)): .random(count)
      case .variable(.captured(let name)): .captured(name)
      case .variable(.recipient(let each, let place)): .recipient(each: each, place: place)
      case .variable(.feed(let column)):
        settings.feed?.columns.firstIndex(of: column).map(Part.feed) ?? .captured(column)
      }
    }
  }
}

/// The values of one session that templates ask for.
struct SessionValues {
  let session: Int
  var message = 1
  var messageSize = 0
  /// Whether the last hello offered SIZE; without it load drops ` SIZE=` (RFC 1870 section 3).
  var offersSize = true
  var captured: [String: [UInt8]] = [:]
  private var random: SeededRandom

  init(session: Int, seed: UInt64) {
    self.session = session
    random = SeededRandom(seed: seed, UInt64(truncatingIfNeeded: session))
  }

  /// Appends what the template yields; `secrets` receives the places that no transcript may show.
  /// - Returns: the name of a variable that has no value, nil where all went well.
  mutating func render(
    _ template: PreparedTemplate, feed: Feed?, seed: UInt64, into octets: inout [UInt8],
    secrets: inout [Range<Int>]
  ) -> String? {
    for part in template.parts {
      switch part {
      case .octets(let literal): octets.append(contentsOf: literal)
      case .secret(let secret):
        secrets.append(octets.count..<octets.count + secret.count)
        octets.append(contentsOf: secret)
      case .session: octets.appendDecimal(session)
      case .message: octets.appendDecimal(message)
      case .messageSize:
        if offersSize { octets.appendDecimal(messageSize) } else { octets.dropSizeParameter() }
      case .random(let count): appendRandom(count, to: &octets)
      case .recipient(let each, let place):
        octets.appendDecimal(max(0, message - 1) * each + place)
      case .feed(let column):
        guard let feed, let row = feedRow(of: feed, seed: seed) else { return "feed" }
        octets.append(contentsOf: feed.rows[row][column])
      case .captured(let name):
        guard let value = captured[name] else { return name }
        octets.append(contentsOf: value)
      }
    }
    return nil
  }

  /// The row of the present transaction: the same for all of its commands.
  private func feedRow(of feed: Feed, seed: UInt64) -> Int? {
    guard !feed.rows.isEmpty else { return nil }
    switch feed.order {
    case .sequential: return (max(1, message) - 1) % feed.rows.count
    case .random, .weighted:
      var random = SeededRandom(seed: seed, UInt64(truncatingIfNeeded: message))
      return feed.row(at: random.next())
    }
  }

  /// A seeded number of nanoseconds within a range.
  mutating func nanoseconds(within range: ClosedRange<Duration>) -> Int64 {
    let least = range.lowerBound.wholeNanoseconds
    let most = range.upperBound.wholeNanoseconds
    return least < most ? Int64.random(in: least...most, using: &random) : least
  }

  private mutating func appendRandom(_ count: Int, to octets: inout [UInt8]) {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    for _ in 0..<count {
      octets.append(alphabet[Int(random.next() % UInt64(alphabet.count))])
    }
  }
}

extension [UInt8] {
  /// Appends a number of 0 or more in decimal digits.
  mutating func appendDecimal(_ number: Int) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    var rest = number
    while divisor > 0 {
      append(UInt8(truncatingIfNeeded: 0x30 + rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// Takes a trailing ` SIZE=` back.
  fileprivate mutating func dropSizeParameter() {
    let parameter = Array(" SIZE=".utf8)
    guard count >= parameter.count else { return }
    let tail = self[(count - parameter.count)...]
    if Array(tail).containsIgnoringCase(parameter) { removeLast(parameter.count) }
  }
}
