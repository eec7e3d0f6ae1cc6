// SPDX-License-Identifier: Apache-2.0
//
// What went over the wire, in lines that a person can read: with time, direction and escapes, and
// without secrets. Bounded, whatever a peer sends.

import SMTPWire

/// The lines of one session.
package struct Transcript: Sendable, Equatable {
  /// Lines kept; what comes later is only counted.
  package static let largestLineCount = 4000
  /// Characters kept of one line; the middle of a longer one is left out.
  package static let largestLineLength = 1000

  package private(set) var lines: [Line] = []
  /// Lines that did not fit.
  package private(set) var omitted = 0
  /// Where times count from.
  private let start: Instant
  private let mask: SecretMask

  package init(start: Instant, secrets: [[UInt8]] = []) {
    self.start = start
    self.mask = SecretMask(secrets)
  }

  /// One line with its place in time.
  package struct Line: Sendable, Equatable {
    /// Nanoseconds since the dialogue began.
    package var elapsed: Int64
    package var mark: Mark
    package var text: String
  }

  /// Direction and protection of a line, in the marks of swaks.
  package enum Mark: String, Sendable {
    case sent = "->"
    case received = "<-"
    case sentOverTLS = "~>"
    case receivedOverTLS = "<~"
    case note = "**"
  }

  /// Adds octets of either direction, one line for each CRLF-ended line.
  mutating func add(
    _ octets: some Collection<UInt8>, mark: Mark, at now: Instant, atMost: Int = 4096
  ) {
    guard octets.count <= atMost else {
      return addElided(octets, mark: mark, at: now, atMost: atMost)
    }
    for line in OctetText.lines(of: octets) { append(line, mark: mark, at: now) }
  }

  /// Adds a remark of our own.
  mutating func note(_ text: String, at now: Instant) { append(text, mark: .note, at: now) }

  /// The text without anything secret.
  func masked(_ text: String) -> String { mask.applied(to: text) }

  /// The lines as they stand in a file: seconds, mark, text.
  package func render() -> [String] {
    var rendered = lines.map { line in
      let milliseconds = line.elapsed / 1_000_000
      let fraction = String(1000 + milliseconds % 1000).dropFirst()
      let seconds = "\(milliseconds / 1000).\(fraction)"
      let space = String(repeating: " ", count: max(0, 8 - seconds.count))
      return "\(space)\(seconds) \(line.mark.rawValue) \(line.text)"
    }
    if omitted > 0 { rendered.append("         ** \(omitted) further lines left out") }
    return rendered
  }

  /// Keeps the front and the end of a long stretch.
  private mutating func addElided(
    _ octets: some Collection<UInt8>, mark: Mark, at now: Instant, atMost: Int
  ) {
    let front = octets.prefix(atMost * 3 / 4)
    let back = octets.suffix(atMost / 4)
    for line in OctetText.lines(of: front) { append(line, mark: mark, at: now) }
    note("\(octets.count - front.count - back.count) octets left out", at: now)
    for line in OctetText.lines(of: back) { append(line, mark: mark, at: now) }
  }

  private mutating func append(_ text: String, mark: Mark, at now: Instant) {
    guard lines.count < Transcript.largestLineCount else {
      omitted += 1
      return
    }
    let shown = OctetText.shortened(mask.applied(to: text), to: Transcript.largestLineLength)
    lines.append(Line(elapsed: now - start, mark: mark, text: shown))
  }
}

/// Replaces known secrets, wherever they turn up.
package struct SecretMask: Sendable, Equatable {
  package static let replacement = "<redacted>"
  /// Longest first, so that a secret inside another one does not leave the rest of it standing.
  private let secrets: [String]

  package init(_ secrets: [[UInt8]]) {
    self.secrets = secrets.map { WireText.escaped($0) }.filter { !$0.isEmpty }
      .sorted { $0.utf8.count > $1.utf8.count }
  }

  package func applied(to text: String) -> String {
    var shown = text
    for secret in secrets { shown = shown.replacing(secret, with: SecretMask.replacement) }
    return shown
  }
}

/// Octets as printable text.
enum OctetText {
  /// One string for each line; its CRLF is not shown, every other control octet is.
  static func lines(of octets: some Collection<UInt8>) -> [String] {
    var lines: [String] = []
    var line: [UInt8] = []
    var afterCR = false
    for octet in octets {
      line.append(octet)
      if octet == 0x0A, afterCR {
        lines.append(WireText.escaped(line.dropLast(2)))
        line.removeAll(keepingCapacity: true)
      }
      afterCR = octet == 0x0D
    }
    if !line.isEmpty { lines.append(WireText.escaped(line)) }
    return lines
  }

  /// Cuts the middle out of a text that is longer than so many characters.
  static func shortened(_ text: String, to length: Int) -> String {
    guard text.utf8.count > length else { return text }
    let count = text.count
    guard count > length else { return text }
    let front = text.prefix(length * 3 / 4)
    let back = text.suffix(length / 4)
    return "\(front) … \(count - front.count - back.count) characters … \(back)"
  }
}
