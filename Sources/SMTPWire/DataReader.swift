// SPDX-License-Identifier: Apache-2.0
//
// The server's side of DATA: finds the end of the content and takes the stuffed dots out (RFC 5321
// section 4.5.2). Written apart from the stuffing code on purpose, so that one cannot hide the other's
// mistake.

/// Which octets end the content. An honest server knows one way.
package struct EndOfDataRule: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `CR LF . CR LF` only (RFC 5321 section 4.1.1.4).
  package static let strict: Self = []
  /// Besides, `LF . CR LF`.
  package static let acceptsLFDotCRLF = Self(rawValue: 1)
  /// Besides, `LF . LF`.
  package static let acceptsLFDotLF = Self(rawValue: 2)
  /// Besides, `CR LF . LF`.
  package static let acceptsCRLFDotLF = Self(rawValue: 4)
  /// Besides, `CR . CR` and `CR . CR LF` behind a bare CR.
  package static let acceptsCRDotCR = Self(rawValue: 8)
  /// Besides, `CR LF . CR CR LF` and `CR CR LF`-ended lines.
  package static let acceptsCRCRLF = Self(rawValue: 16)
}

/// Facts about the form of a message.
package struct ContentObservations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bareLF = Self(rawValue: 1)
  package static let bareCR = Self(rawValue: 2)
  package static let nul = Self(rawValue: 4)
  package static let eightBit = Self(rawValue: 8)
  /// A line of more than 1000 octets with its CRLF (RFC 5321 section 4.5.3.1.6).
  package static let longLine = Self(rawValue: 16)
}

/// Reads message content over chunks of any size.
package struct DataReader: Sendable {
  /// What stands directly before the octet to come, as far as the end of data depends on it.
  private enum State: UInt8 {
    /// At the start of a line: behind CRLF, or at the very beginning.
    case lineStart
    /// Inside a line.
    case line
    /// Behind a CR inside a line.
    case carriageReturn
    /// Behind a dot at the start of a line.
    case dot
    /// Behind such a dot and a CR.
    case dotCarriageReturn
    /// Behind such a dot and two or more CRs.
    case dotDoubleReturn
    /// Behind a LF that had no CR before it.
    case bareLineFeed
    /// Behind a dot that follows a bare LF.
    case bareDot
    case bareDotReturn
    /// Behind a bare CR that a dot follows.
    case returnDot
    case returnDotReturn
  }

  private let rule: EndOfDataRule
  private var state = State.lineStart
  private var lineLength = 0
  /// Octets of content so far, dots of the transfer removed.
  package private(set) var size = 0
  package private(set) var observations: ContentObservations = []
  package private(set) var isAtEnd = false

  package init(rule: EndOfDataRule = .strict) { self.rule = rule }

  /// Takes octets up to and with the end of the data.
  ///
  /// - Parameter content: receives the content in pieces, valid during the call only.
  /// - Returns: how many octets were used; all of them unless the end was found.
  package mutating func read(
    _ octets: UnsafeRawBufferPointer, content: (UnsafeRawBufferPointer) -> Void
  ) -> Int {
    var index = 0
    // First octet that was not handed on. Octets of an end of data that failed to be one have been
    // held back; they are few and known, and are handed on by `release`.
    var start = 0
    while index < octets.count, !isAtEnd {
      if state == .line {
        index = skipLine(octets, from: index)
        if index == octets.count { break }
      }
      let octet = octets[index]
      let before = state
      state = next(octet)
      if isAtEnd {
        index += 1
        break
      }
      if Self.isHolding(state) {
        if !Self.isHolding(before) {
          emit(octets, start, index, content)
        }
        index += 1
        start = index
        continue
      }
      if Self.isHolding(before) {
        release(before, followedBy: octet, content)
        start = index
      }
      index += 1
    }
    if !isAtEnd, !Self.isHolding(state) { emit(octets, start, octets.count, content) }
    return index
  }

  /// Whether octets seen last may belong to an end of data and are held back.
  private static func isHolding(_ state: State) -> Bool {
    switch state {
    case .dot, .dotCarriageReturn, .dotDoubleReturn, .bareDot, .bareDotReturn, .returnDot,
      .returnDotReturn:
      true
    case .lineStart, .line, .carriageReturn, .bareLineFeed: false
    }
  }

  private mutating func emit(
    _ octets: UnsafeRawBufferPointer, _ start: Int, _ end: Int,
    _ content: (UnsafeRawBufferPointer) -> Void
  ) {
    guard end > start else { return }
    size += end - start
    content(UnsafeRawBufferPointer(rebasing: octets[start..<end]))
  }

  /// Hands on what was held back: a stuffed dot is not content, other dots and CRs are.
  private mutating func release(
    _ held: State, followedBy octet: UInt8, _ content: (UnsafeRawBufferPointer) -> Void
  ) {
    let octets: [UInt8] =
      switch held {
      // The dot was stuffed: it goes, whatever follows (RFC 5321 section 4.5.2).
      case .dot: []
      case .dotCarriageReturn: [13]
      case .dotDoubleReturn: [13, 13]
      case .bareDot, .returnDot: [46]
      case .bareDotReturn, .returnDotReturn: [46, 13]
      case .lineStart, .line, .carriageReturn, .bareLineFeed: []
      }
    size += octets.count
    if !octets.isEmpty { octets.withUnsafeBytes { content($0) } }
  }

  /// Goes on to the next octet that can change the state, noting what is odd on the way.
  private mutating func skipLine(_ octets: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index < octets.count {
      let octet = octets[index]
      if octet == 13 || octet == 10 { break }
      if octet == 0 { observations.insert(.nul) }
      if octet >= 128 { observations.insert(.eightBit) }
      index += 1
    }
    lineLength += index - start
    return index
  }

  private mutating func next(_ octet: UInt8) -> State {
    note(octet)
    switch state {
    case .lineStart:
      return octet == 46 ? .dot : behind(octet)
    case .line:
      return behind(octet)
    case .carriageReturn:
      if octet == 10 { return lineEnded() }
      observations.insert(.bareCR)
      if octet == 46, rule.contains(.acceptsCRDotCR) { return .returnDot }
      return behind(octet)
    case .dot:
      if octet == 13 { return .dotCarriageReturn }
      if octet == 10, rule.contains(.acceptsCRLFDotLF) { return ended() }
      return behind(octet)
    case .dotCarriageReturn:
      if octet == 10 { return ended() }
      observations.insert(.bareCR)
      if octet == 13, rule.contains(.acceptsCRCRLF) { return .dotDoubleReturn }
      return behind(octet)
    case .dotDoubleReturn:
      return octet == 10 ? ended() : behind(octet)
    case .bareLineFeed:
      if octet == 46, !rule.isDisjoint(with: [.acceptsLFDotLF, .acceptsLFDotCRLF]) {
        return .bareDot
      }
      return behind(octet)
    case .bareDot:
      if octet == 10, rule.contains(.acceptsLFDotLF) { return ended() }
      if octet == 13, rule.contains(.acceptsLFDotCRLF) { return .bareDotReturn }
      return behind(octet)
    case .bareDotReturn:
      return octet == 10 ? ended() : behind(octet)
    case .returnDot:
      return octet == 13 ? .returnDotReturn : behind(octet)
    case .returnDotReturn:
      return octet == 10 ? ended() : behind(octet)
    }
  }

  /// The state behind an octet that ends nothing.
  private mutating func behind(_ octet: UInt8) -> State {
    switch octet {
    case 13: return .carriageReturn
    case 10:
      observations.insert(.bareLF)
      lineLength = 0
      return .bareLineFeed
    default: return .line
    }
  }

  private mutating func note(_ octet: UInt8) {
    lineLength += 1
    if octet == 0 { observations.insert(.nul) }
    if octet >= 128 { observations.insert(.eightBit) }
  }

  private mutating func lineEnded() -> State {
    if lineLength > 1000 { observations.insert(.longLine) }
    lineLength = 0
    return .lineStart
  }

  private mutating func ended() -> State {
    isAtEnd = true
    return .lineStart
  }
}
