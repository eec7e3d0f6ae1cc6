// SPDX-License-Identifier: Apache-2.0
//
// The server's side: octets of a client to command lines, one at a time, so that whatever follows a
// line can be read as something else (message content, a chunk, a TLS handshake).

/// Facts about the form of a line.
package struct LineObservations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A LF without a CR before it.
  package static let bareLF = Self(rawValue: 1)
  /// A CR without a LF behind it.
  package static let bareCR = Self(rawValue: 2)
  package static let nul = Self(rawValue: 4)
  package static let eightBit = Self(rawValue: 8)
}

/// What ends a command line besides CRLF.
///
/// An honest server knows nothing else (RFC 5321 section 2.3.8).
package struct LineEnds: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let crlf: Self = []
  /// Besides, a LF alone.
  package static let bareLF = Self(rawValue: 1)
  /// Besides, a CR alone: known when the octet behind it is no LF.
  package static let bareCR = Self(rawValue: 2)
}

/// A line of a client, or the fact that it was too long to keep.
package enum ReceivedLine: Sendable, Equatable {
  /// Without its terminator.
  case line([UInt8], LineObservations)
  /// A line beyond the limit; all its octets are gone, up to and with its terminator.
  case tooLong
}

/// Holds unread octets of a client and gives out lines, or any octets.
package struct CommandReader: Sendable {
  /// Storage that stays; what more has come is given back.
  private static let keptCapacity = 4096

  /// Octets of a line with its terminator; what goes beyond is dropped, and said so.
  package let limit: Int
  private let lineEnds: LineEnds
  private var storage: [UInt8] = []
  /// First octet that was not given out.
  private var start = 0
  /// First octet that was not looked at, or whose meaning depends on octets to come.
  private var scanned = 0
  private var observations: LineObservations = []
  private var isDropping = false

  /// - Parameters:
  ///   - limit: far more than the 512 octets that a server must take (RFC 5321 section 4.5.3.1.4), for
  ///     extensions add to them; 12,288 are needed where AUTH is offered (RFC 4954 section 4.5).
  ///   - lineEnds: for servers that are broken on purpose.
  package init(limit: Int = 2048, lineEnds: LineEnds = .crlf) {
    self.limit = max(limit, 2)
    self.lineEnds = lineEnds
  }

  /// Takes octets as they come from the client.
  package mutating func append(_ octets: UnsafeRawBufferPointer) {
    if start == storage.count {
      recycle()
    } else if start >= Self.keptCapacity {
      storage.removeSubrange(0..<start)
      scanned -= start
      start = 0
    }
    storage.append(contentsOf: octets)
  }

  /// Takes octets as they come from the client.
  package mutating func append(_ octets: [UInt8]) {
    octets.withUnsafeBytes { append($0) }
  }

  /// How many octets were not given out yet.
  package var unread: Int { storage.count - start }

  /// The next line, nil where its end is not there yet.
  package mutating func nextLine() -> ReceivedLine? {
    guard let (end, terminator) = lineEnd() else {
      dropExcess()
      return nil
    }
    let line = start..<(end - terminator)
    let isTooLong = isDropping || end - start > limit
    let odd = observations
    start = end
    isDropping = false
    observations = []
    return isTooLong ? .tooLong : .line(Array(storage[line]), odd)
  }

  /// Hands all unread octets to a closure, which says how many it has used.
  ///
  /// What was seen of a line that is not complete is forgotten.
  package mutating func read(_ body: (UnsafeRawBufferPointer) throws -> Int) rethrows {
    let used = try storage.withUnsafeBytes { octets in
      try body(UnsafeRawBufferPointer(rebasing: octets[start...]))
    }
    start += min(max(used, 0), storage.count - start)
    scanned = start
    observations = []
    isDropping = false
    if start == storage.count { recycle() }
  }

  /// Drops all unread octets and says how many there were.
  @discardableResult
  package mutating func discard() -> Int {
    let dropped = unread
    start = storage.count
    isDropping = false
    observations = []
    recycle()
    return dropped
  }

  // MARK: Lines

  /// The end of the line being read and the octets of its terminator.
  private mutating func lineEnd() -> (end: Int, terminator: Int)? {
    let (place, terminator, odd) = storage.withUnsafeBytes { scan($0) }
    scanned = place
    observations.formUnion(odd)
    return terminator.map { (place, $0) }
  }

  /// Looks for the end of a line from `scanned` on, and for odd octets on the way.
  private func scan(_ octets: UnsafeRawBufferPointer) -> (Int, Int?, LineObservations) {
    var odd: LineObservations = []
    var index = scanned
    while true {
      index = OctetScan.endOfPrintable(octets, from: index)
      guard index < octets.count else { return (index, nil, odd) }
      switch octets[index] {
      case 13:
        guard index + 1 < octets.count else { return (index, nil, odd) }
        if octets[index + 1] == 10 { return (index + 2, 2, odd) }
        odd.insert(.bareCR)
        if lineEnds.contains(.bareCR) { return (index + 1, 1, odd) }
      case 10:
        odd.insert(.bareLF)
        if lineEnds.contains(.bareLF) { return (index + 1, 1, odd) }
      case 0: odd.insert(.nul)
      case 128...: odd.insert(.eightBit)
      default: break
      }
      index += 1
    }
  }

  /// Drops what is there of a line that is too long already.
  ///
  /// A CR at the end stays: its LF may come.
  private mutating func dropExcess() {
    guard storage.count - start > limit else { return }
    isDropping = true
    let endsInCR = scanned < storage.count
    start = storage.count
    recycle()
    if endsInCR { storage.append(13) }
  }

  private mutating func recycle() {
    if storage.capacity > max(Self.keptCapacity, limit) {
      storage = []
    } else {
      storage.removeAll(keepingCapacity: true)
    }
    start = 0
    scanned = 0
  }
}
