// SPDX-License-Identifier: Apache-2.0
//
// The receiving side of the mark: reads a message as it comes in and says whether it is the one
// that was sent. Needs no more memory than a header line.

import Glibc

/// What a received message says of itself, and whether that holds.
package struct IntegrityReading: Sendable, Equatable {
  package enum Verdict: String, Sendable {
    /// The body is what was sent.
    case intact
    /// The body is another one, or the mark is damaged.
    case changed
    /// The message carries no mark.
    case noMark = "no mark"
  }

  package var verdict: Verdict
  package var run: String?
  package var session: Int?
  package var message: Int?
  /// The digest in the mark, hexadecimal as received.
  package var announcedDigest: String?
  /// The digest of the body as received; nil where no mark made it worth computing.
  package var digest: String?
  /// Octets of the header, with the empty line.
  package var headerOctets: Int
  /// Octets of the body as received.
  package var bodyOctets: Int
}

/// Checks one message after another, each fed piece by piece without dot-stuffing.
///
/// The mark may stand anywhere in the header: relays add trace fields in front of it (RFC 5321,
/// section 4.4). The header ends at the first empty line; its lines may end in LF alone.
package struct IntegrityChecker {
  private let sha256: DigestSource
  private let normalisesLineEnds: Bool
  private var header = MarkReader()
  private var running: (any RunningDigest)?
  private var normaliser = LineEndNormaliser()
  private var headerOctets = 0
  private var bodyOctets = 0
  /// The last two octets of the body that was digested.
  private var lastOctets: (UInt8, UInt8) = (0, 0)

  /// Makes a checker.
  ///
  /// - Parameter normalisesLineEnds: Whether LF counts as CRLF in the body: for messages from
  ///   files, never for those from the wire.
  package init(sha256: @escaping DigestSource, normalisesLineEnds: Bool = false) {
    self.sha256 = sha256
    self.normalisesLineEnds = normalisesLineEnds
  }

  /// Takes in the next octets.
  package mutating func update(_ octets: UnsafeBufferPointer<UInt8>) {
    var body = octets[...]
    if !header.isComplete {
      let taken = header.read(octets)
      headerOctets += taken
      body = octets[taken...]
      guard header.isComplete else { return }
      if header.digest != nil { running = sha256() }
    }
    guard !body.isEmpty else { return }
    bodyOctets += body.count
    guard let running else { return }
    if normalisesLineEnds {
      digestNormalised(body, running)
    } else {
      digest(UnsafeBufferPointer(rebasing: body), running)
    }
  }

  /// Takes in the next octets.
  package mutating func update(_ octets: [UInt8]) {
    octets.withUnsafeBufferPointer { update($0) }
  }

  /// Judges the message and makes ready for the next.
  package mutating func finish() -> IntegrityReading {
    header.finish()
    if header.digest != nil, running == nil { running = sha256() }
    let isLineOpen = bodyOctets > 0 && lastOctets != (0x0D, 0x0A)
    if isLineOpen { running?.update([0x0D, 0x0A]) }
    let digest = running.map { text($0.finishInHexadecimal()) }
    let announced = header.digest.map(text)
    let verdict: IntegrityReading.Verdict
    if header.isEmpty {
      verdict = .noMark
    } else {
      verdict = digest != nil && announced?.lowercased() == digest ? .intact : .changed
    }
    let reading = IntegrityReading(
      verdict: verdict, run: header.run.map(text),
      session: header.session.flatMap { Int(text($0)) },
      message: header.message.flatMap { Int(text($0)) }, announcedDigest: announced,
      digest: digest, headerOctets: headerOctets, bodyOctets: bodyOctets)
    self = IntegrityChecker(sha256: sha256, normalisesLineEnds: normalisesLineEnds)
    return reading
  }

  private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

  private mutating func digest(
    _ octets: UnsafeBufferPointer<UInt8>, _ running: any RunningDigest
  ) {
    guard let last = octets.last else { return }
    running.update(UnsafeRawBufferPointer(octets))
    lastOctets = (octets.count > 1 ? octets[octets.count - 2] : lastOctets.1, last)
  }

  /// In portions, so that a large piece needs no copy of its size.
  private mutating func digestNormalised(
    _ octets: Slice<UnsafeBufferPointer<UInt8>>, _ running: any RunningDigest
  ) {
    var rest = octets
    var portion: [UInt8] = []
    while !rest.isEmpty {
      portion.removeAll(keepingCapacity: true)
      let piece = rest.prefix(16 << 10)
      normaliser.normalise(UnsafeBufferPointer(rebasing: piece), into: &portion)
      portion.withUnsafeBufferPointer { digest($0, running) }
      rest = rest.dropFirst(piece.count)
    }
  }
}

/// Finds the mark's fields in a header that comes in pieces.
private struct MarkReader {
  private(set) var run: [UInt8]?
  private(set) var session: [UInt8]?
  private(set) var message: [UInt8]?
  private(set) var digest: [UInt8]?
  /// Whether the empty line, or the end of the message, was seen.
  private(set) var isComplete = false

  /// The field that is being read, unfolded and cut at `longestField`.
  private var field: [UInt8] = []
  private var place = Place.lineStart

  /// Where in a line the next octet stands.
  private enum Place {
    case lineStart
    /// Behind a CR that began its line: with LF, the empty line.
    case afterFirstCR
    case inField
    /// In a line of no interest.
    case inOther
  }

  /// Our longest field has 120 octets; the rest is room for folding and for added comments.
  private static let longestField = 512

  /// Whether nothing of a mark was seen.
  var isEmpty: Bool { run == nil && session == nil && message == nil && digest == nil }

  /// Takes octets up to the end of the header and says how many.
  mutating func read(_ octets: UnsafeBufferPointer<UInt8>) -> Int {
    var index = 0
    while index < octets.count {
      let octet = octets[index]
      switch place {
      case .lineStart, .afterFirstCR:
        if octet == 0x0A {
          finish()
          return index + 1
        }
        beginLine(with: octet)
        index += 1
      case .inField, .inOther:
        let end = lineEnd(in: octets, from: index)
        if place == .inField { appendToField(octets[index..<(end ?? octets.count)]) }
        guard let end else { return octets.count }
        place = .lineStart
        index = end + 1
      }
    }
    return octets.count
  }

  private mutating func beginLine(with octet: UInt8) {
    switch octet {
    case 0x0D where place == .lineStart: place = .afterFirstCR
    // A line that begins with white space continues the field (RFC 5322, section 2.2.3).
    case 0x20, 0x09: place = field.isEmpty ? .inOther : .inField
    case UInt8(ascii: "X"), UInt8(ascii: "x"):
      finishField()
      field.append(octet)
      place = .inField
    default:
      finishField()
      place = .inOther
    }
  }

  private func lineEnd(in octets: UnsafeBufferPointer<UInt8>, from index: Int) -> Int? {
    guard let base = octets.baseAddress,
      let found = memchr(base + index, 0x0A, octets.count - index)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  private mutating func appendToField(_ octets: Slice<UnsafeBufferPointer<UInt8>>) {
    field.reserveCapacity(128)
    field += octets.prefix(Self.longestField - field.count)
  }

  /// Notes the last field and reads no more.
  mutating func finish() {
    finishField()
    isComplete = true
  }

  /// Notes the field where it is one of the mark's; of equal ones the first counts.
  private mutating func finishField() {
    defer { field.removeAll(keepingCapacity: true) }
    guard begins(with: IntegrityMark.prefix) else { return }
    note(IntegrityMark.run, &run)
    note(IntegrityMark.session, &session)
    note(IntegrityMark.message, &message)
    note(IntegrityMark.digest, &digest)
  }

  private func note(_ name: String, _ value: inout [UInt8]?) {
    let end = name.utf8.count
    guard value == nil, field.count > end, field[end] == UInt8(ascii: ":"), begins(with: name)
    else { return }
    // White space comes from folding; no value of ours has any.
    var octets: [UInt8] = []
    octets.reserveCapacity(field.count - end)
    for octet in field[(end + 1)...] where octet != 0x20 && octet != 0x09 && octet != 0x0D {
      octets.append(octet)
    }
    value = octets
  }

  /// Whether the field begins so, in any case of the letters.
  private func begins(with name: String) -> Bool {
    let count = name.utf8.count
    guard field.count >= count else { return false }
    return field.withUnsafeBytes { octets in
      name.withCString { letters in
        octets.baseAddress.map { strncasecmp($0, letters, count) == 0 } ?? false
      }
    }
  }
}
