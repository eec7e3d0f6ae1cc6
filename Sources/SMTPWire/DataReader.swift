// SPDX-License-Identifier: Apache-2.0
//
// The server's side of DATA: finds the end of the content and takes the stuffed dots out (RFC 5321
// section 4.5.2). Written apart from the stuffing code on purpose, so that one cannot hide the other's
// mistake.

/// Facts about the form of a message.
package struct ContentObservations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bareLF = Self(rawValue: 1)
  package static let bareCR = Self(rawValue: 2)
  package static let nul = Self(rawValue: 4)
  package static let eightBit = Self(rawValue: 8)
  /// A line of more than 1000 octets with its line end, a stuffed dot not counted (RFC 5321
  /// section 4.5.3.1.6).
  package static let longLine = Self(rawValue: 16)
}

/// Reads message content over chunks of any size.
///
/// A dot that may begin the end of data is held back until it is known what it is; everything else is
/// handed on at once. A dot directly behind CRLF that does not end the data was stuffed and is dropped.
package struct DataReader: Sendable {
  private static let lineEnd = ShortOctets("\r\n")

  private let sequences: [EndSequence]
  /// Whether a dot counts only behind a line feed, so that printable octets need no look.
  private let isStrict: Bool
  /// The octets before the one to come; CRLF at the beginning (the first octet starts a line).
  private var history = lineEnd
  /// A dot and what followed it, while that may be an end of data.
  private var held = ShortOctets()
  /// Which sequences `held` may be the second half of, one bit each.
  private var candidates: UInt32 = 0
  private var holdsStuffedDot = false
  private var lineLength = 0
  /// Octets of content so far, dots of the transfer removed.
  package private(set) var size = 0
  package private(set) var observations: ContentObservations = []
  package private(set) var isAtEnd = false

  package init(rule: EndOfDataRule = .strict) {
    sequences = rule.sequences
    isStrict = rule == .strict
  }

  /// Takes octets up to and with the end of the data.
  ///
  /// - Parameter content: receives the content in pieces, valid during the call only.
  /// - Returns: how many octets were used; all of them unless the end was found.
  package mutating func read(
    _ octets: UnsafeRawBufferPointer, content: (UnsafeRawBufferPointer) -> Void
  ) -> Int {
    var index = 0
    // First octet that was neither handed on nor held.
    var start = 0
    while index < octets.count, !isAtEnd {
      if held.count > 0 {
        let goesOn = hold(octets[index])
        if goesOn {
          index += 1
          start = index
        } else {
          // The octet is read again, as one like others.
          release(content)
        }
        continue
      }
      if isStrict, history.last != 10 || octets[index] != 46 {
        index = passText(octets, from: index)
        guard index < octets.count else { break }
      }
      let octet = octets[index]
      if octet == 46, beginsHold() {
        emit(octets, start, index, content)
        start = index + 1
      } else {
        note(octet)
      }
      index += 1
    }
    emit(octets, start, index, content)
    return index
  }

  // MARK: The end of data

  /// Holds a dot back if a sequence that ends the data may begin here.
  private mutating func beginsHold() -> Bool {
    candidates = 0
    for (place, sequence) in sequences.enumerated() where sequence.follows(history) {
      candidates |= 1 << UInt32(place)
    }
    guard candidates != 0 else { return false }
    holdsStuffedDot = candidates & 1 != 0
    held = ShortOctets(".")
    return true
  }

  /// Takes an octet behind a held dot.
  ///
  /// - Returns: whether it was taken: the sequence goes on, or is complete.
  private mutating func hold(_ octet: UInt8) -> Bool {
    var longer = held
    longer.append(octet)
    var remaining: UInt32 = 0
    for (place, sequence) in sequences.enumerated()
    where candidates & (1 << UInt32(place)) != 0 && longer.begins(sequence.from) {
      remaining |= 1 << UInt32(place)
      if longer == sequence.from { isAtEnd = true }
    }
    guard remaining != 0 else { return false }
    candidates = remaining
    held = longer
    if isAtEnd { noteEnd() }
    return true
  }

  /// Hands on what was held back and is content.
  private mutating func release(_ content: (UnsafeRawBufferPointer) -> Void) {
    for place in 0..<held.count {
      let octet = held[place]
      if place == 0, holdsStuffedDot {
        // Stuffed: it goes, whatever follows (RFC 5321 section 4.5.2).
        history.append(octet)
        continue
      }
      note(octet)
      size += 1
      withUnsafeBytes(of: octet) { content($0) }
    }
    held = ShortOctets()
  }

  /// Notes what is odd about an end that is not the legal one.
  private mutating func noteEnd() {
    for place in 0..<held.count { note(held[place]) }
    if history.last == 13 { observations.insert(.bareCR) }
    held = ShortOctets()
  }

  // MARK: Content

  private mutating func emit(
    _ octets: UnsafeRawBufferPointer, _ start: Int, _ end: Int,
    _ content: (UnsafeRawBufferPointer) -> Void
  ) {
    guard end > start else { return }
    size += end - start
    content(UnsafeRawBufferPointer(rebasing: octets[start..<end]))
  }

  /// Passes over printable octets and whole CRLFs, up to a dot at the start of a line or anything odd.
  private mutating func passText(_ octets: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while true {
      let end = OctetScan.endOfPrintable(octets, from: index)
      if end > index {
        if history.last == 13 { observations.insert(.bareCR) }
        lineLength += end - index
        history.append(octets[end - 1])
        index = end
      }
      guard index + 1 < octets.count, octets[index] == 13, octets[index + 1] == 10,
        history.last != 13
      else { return index }
      index += 2
      history = Self.lineEnd
      endLine(length: lineLength + 2)
      if index < octets.count, octets[index] == 46 { return index }
    }
  }

  private mutating func endLine(length: Int) {
    if length > 1000 { observations.insert(.longLine) }
    lineLength = 0
  }

  private mutating func note(_ octet: UInt8) {
    let before = history.last
    if before == 13, octet != 10 { observations.insert(.bareCR) }
    history.append(octet)
    lineLength += 1
    switch octet {
    case 10:
      if before != 13 { observations.insert(.bareLF) }
      endLine(length: lineLength)
    case 0: observations.insert(.nul)
    case 128...: observations.insert(.eightBit)
    default: break
    }
  }
}
