// SPDX-License-Identifier: Apache-2.0
//
// The server's side: octets of a client to command lines, one at a time, so that whatever follows a
// line can be read as something else (message content, a chunk, a TLS handshake).

/// Facts about the form of a line.
package struct LineObservations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bareLF = Self(rawValue: 1)
  package static let bareCR = Self(rawValue: 2)
  package static let nul = Self(rawValue: 4)
  package static let eightBit = Self(rawValue: 8)
}

/// A line of a client, or the fact that it was too long to keep.
package enum ReceivedLine: Sendable, Equatable {
  /// Without its CRLF.
  case line([UInt8], LineObservations)
  /// A line beyond the limit; all its octets are gone, up to and with its CRLF.
  case tooLong
}

/// Holds unread octets of a client and gives out lines, or any octets.
package struct CommandReader: Sendable {
  /// Octets of a line with its CRLF; what goes beyond is dropped, and said so.
  private let limit: Int
  private var storage: [UInt8] = []
  private var start = 0
  private var scanned = 0
  private var isDropping = false

  package init(limit: Int = 2048) { self.limit = limit }

  package mutating func append(_ octets: UnsafeRawBufferPointer) {
    if start == storage.count {
      clear()
    } else if start > 4096 {
      storage.removeSubrange(0..<start)
      scanned -= start
      start = 0
    }
    storage.append(contentsOf: octets)
  }

  package mutating func append(_ octets: [UInt8]) {
    octets.withUnsafeBytes { append($0) }
  }

  /// Octets that were not read yet.
  package var unread: Int { storage.count - start }

  /// The next line, nil where its CRLF is not there yet.
  package mutating func nextLine() -> ReceivedLine? {
    while let end = lineEnd() {
      let line = storage[start..<(end - 2)]
      let size = end - start
      start = end
      scanned = end
      if isDropping {
        isDropping = false
        return .tooLong
      }
      if size > limit { return .tooLong }
      return .line(Array(line), Self.observations(of: line))
    }
    if storage.count - start > limit {
      // Only a CR at the end may still matter: its LF may be next.
      let keepsCR = storage.last == 13
      isDropping = true
      clear()
      if keepsCR { storage.append(13) }
    }
    return nil
  }

  /// Hands all unread octets to a closure, which says how many it has used.
  package mutating func read(_ body: (UnsafeRawBufferPointer) throws -> Int) rethrows {
    let used = try storage.withUnsafeBytes { octets in
      try body(UnsafeRawBufferPointer(rebasing: octets[start...]))
    }
    start += min(max(used, 0), storage.count - start)
    scanned = start
    if start == storage.count { clear() }
  }

  /// Drops all unread octets and says how many there were.
  @discardableResult
  package mutating func discard() -> Int {
    let dropped = unread
    isDropping = false
    clear()
    return dropped
  }

  private mutating func clear() {
    if storage.capacity > 16_384 {
      storage = []
    } else {
      storage.removeAll(keepingCapacity: true)
    }
    start = 0
    scanned = 0
  }

  private mutating func lineEnd() -> Int? {
    let from = max(scanned, start)
    let found = storage.withUnsafeBufferPointer { octets -> Int? in
      var index = from
      while index < octets.count {
        if octets[index] == 10, index > start, octets[index - 1] == 13 { return index + 1 }
        index += 1
      }
      return nil
    }
    scanned = found ?? storage.count
    return found
  }

  private static func observations(of line: ArraySlice<UInt8>) -> LineObservations {
    var odd: LineObservations = []
    for octet in line {
      switch octet {
      case 0: odd.insert(.nul)
      case 10: odd.insert(.bareLF)
      case 13: odd.insert(.bareCR)
      case 128...: odd.insert(.eightBit)
      default: break
      }
    }
    return odd
  }
}
