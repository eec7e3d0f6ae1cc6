// SPDX-License-Identifier: Apache-2.0
//
// Octets of a server to replies, whatever way they are cut. It works on octets alone, allocates nothing
// for a reply whose owner wants only the code, and holds no more than its limits.

/// The bounds of a reply.
package struct ReplyLimits: Sendable, Equatable {
  /// Octets of one line with its terminator.
  package var line: Int
  /// Octets of one reply.
  package var reply: Int
  /// Lines of one reply.
  package var lines: Int

  package init(line: Int, reply: Int, lines: Int) {
    self.line = line
    self.reply = reply
    self.lines = lines
  }

  /// Far beyond what RFC 5321 section 4.5.3.1.5 allows (512 octets a line), far below what hurts.
  package static let standard = ReplyLimits(line: 64 * 1024, reply: 1024 * 1024, lines: 10_000)
}

/// A reply that goes beyond its bounds. The reader is of no further use then.
package enum ReplyFault: Error, Sendable, Equatable, CustomStringConvertible {
  case lineTooLong(limit: Int)
  case replyTooLong(limit: Int)
  case tooManyLines(limit: Int)

  package var description: String {
    switch self {
    case .lineTooLong(let limit): "a reply line of more than \(limit) octets"
    case .replyTooLong(let limit): "a reply of more than \(limit) octets"
    case .tooManyLines(let limit): "a reply of more than \(limit) lines"
    }
  }
}

/// What is known of a complete reply without copying it.
package struct ReplySummary: Sendable, Equatable {
  /// The code of the last line; 0 where none could be read.
  package let code: UInt16
  package let lineCount: Int
  package let observations: ReplyObservations
  /// Where the reply stands in the reader's storage; valid until the next `append` or `discard`.
  let range: Range<Int>
}

/// Reads replies incrementally.
///
/// A reply ends at the first line whose fourth octet is not a hyphen, whatever its code: three digits
/// and a space, three digits alone, or a line that is no reply line at all, which counts as a reply with
/// code 0. A line ends at CRLF. A bare LF stays inside its line as an observation; it ends the line only
/// when what follows it begins like a reply line (three digits and a space, a hyphen or a line end), or
/// when the owner, having waited in vain, calls `flushLenient`.
package struct ReplyReader: Sendable {
  private let limits: ReplyLimits
  private var storage: [UInt8] = []
  /// First octet that belongs to no complete reply.
  private var replyStart = 0
  /// First octet of the line that is being read.
  private var lineStart = 0
  /// First octet that was not looked at.
  private var scanned = 0
  private var lineCount = 0
  private var firstCode: UInt16?
  private var observations: ReplyObservations = []
  private var endsLenient = false

  package init(limits: ReplyLimits = .standard) { self.limits = limits }

  /// Takes octets as they come from the peer.
  package mutating func append(_ octets: UnsafeRawBufferPointer) {
    if replyStart == storage.count {
      reset()
    } else if replyStart > 4096 {
      compact()
    }
    storage.append(contentsOf: octets)
  }

  /// Takes octets as they come from the peer.
  package mutating func append(_ octets: [UInt8]) {
    octets.withUnsafeBytes { append($0) }
  }

  /// The next complete reply, nil where more octets are needed.
  package mutating func next() throws(ReplyFault) -> ReplySummary? {
    while let end = lineEnd() {
      if let summary = try finishLine(endingAt: end) { return summary }
    }
    if storage.count - lineStart > limits.line { throw .lineTooLong(limit: limits.line) }
    if storage.count - replyStart > limits.reply { throw .replyTooLong(limit: limits.reply) }
    return nil
  }

  /// Ends a line at a final bare LF (or at nothing, where octets stand without a terminator), for a
  /// peer that has said all it will say. The next `next` then returns what there is.
  package mutating func flushLenient() { endsLenient = true }

  /// An owned copy of a reply that `next` has just returned.
  package func reply(_ summary: ReplySummary) -> Reply {
    Reply(
      code: summary.code, octets: Array(storage[summary.range]),
      observations: summary.observations)
  }

  /// The enhanced status code of the last line of a reply that `next` has just returned, read
  /// without copying the reply.
  package func enhancedCode(_ summary: ReplySummary) -> EnhancedCode? {
    var start = summary.range.lowerBound
    var index = summary.range.upperBound - 2
    while index > summary.range.lowerBound {
      if storage[index - 1] == 10 {
        start = index
        break
      }
      index -= 1
    }
    var end = summary.range.upperBound
    while end > start, storage[end - 1] == 10 || storage[end - 1] == 13 { end -= 1 }
    guard end - start > 4 else { return nil }
    return EnhancedCode(leading: storage[(start + 4)..<end])
  }

  /// Octets that belong to no complete reply yet.
  package var unread: Int { storage.count - replyStart }

  /// The octets that belong to no complete reply yet.
  package var unreadOctets: [UInt8] { Array(storage[replyStart...]) }

  /// Forgets everything that was not returned.
  package mutating func discard() {
    replyStart = storage.count
    reset()
  }

  // MARK: Lines

  /// End (behind the terminator) of the line being read, nil where it is not there yet.
  private mutating func lineEnd() -> Int? {
    let start = scanned
    let found: Int? = storage.withUnsafeBufferPointer { octets in
      var index = start
      while index < octets.count {
        let octet = octets[index]
        if octet == 10 {
          if index > lineStart, octets[index - 1] == 13 { return index + 1 }
          if isLenientEnd(octets, behind: index) { return index + 1 }
        }
        index += 1
      }
      return nil
    }
    if let found {
      scanned = found
      return found
    }
    // The octets behind a bare LF may still turn out to begin a line: look at them again.
    scanned = max(
      lineStart, storage.count - 5, start > storage.count ? 0 : min(start, storage.count))
    if endsLenient {
      endsLenient = false
      if storage.count > lineStart {
        scanned = storage.count
        return storage.count
      }
    }
    return nil
  }

  /// Whether the octets behind a bare LF begin like a reply line.
  private func isLenientEnd(_ octets: UnsafeBufferPointer<UInt8>, behind index: Int) -> Bool {
    // A line that carries no code of its own cannot be a reply line that was ended leniently.
    guard index - lineStart >= 3, octets.count > index + 4 else { return false }
    for place in (index + 1)...(index + 3) {
      guard octets[place] >= 48, octets[place] <= 57 else { return false }
    }
    let separator = octets[index + 4]
    return separator == 32 || separator == 45 || separator == 13 || separator == 10
  }

  private mutating func finishLine(endingAt end: Int) throws(ReplyFault) -> ReplySummary? {
    if end - lineStart > limits.line { throw .lineTooLong(limit: limits.line) }
    if end - replyStart > limits.reply { throw .replyTooLong(limit: limits.reply) }
    lineCount += 1
    if lineCount > limits.lines { throw .tooManyLines(limit: limits.lines) }
    let (code, continues) = look(at: lineStart..<end)
    lineStart = end
    guard !continues else { return nil }
    let summary = ReplySummary(
      code: code, lineCount: lineCount, observations: observations, range: replyStart..<end)
    replyStart = end
    lineCount = 0
    firstCode = nil
    observations = []
    return summary
  }

  /// Notes what is odd about a line; says its code and whether another line follows.
  private mutating func look(at line: Range<Int>) -> (code: UInt16, continues: Bool) {
    var end = line.upperBound
    if end > line.lowerBound, storage[end - 1] == 10 {
      end -= 1
    } else {
      observations.insert(.bareLF)
    }
    if end > line.lowerBound, storage[end - 1] == 13 {
      end -= 1
    } else {
      observations.insert(.bareLF)
    }
    if line.count > 512 { observations.insert(.longLine) }
    observations.formUnion(oddOctets(in: line.lowerBound..<end))
    guard let code = ReplyLine.code(of: storage[line.lowerBound..<end]) else {
      observations.insert(.malformedLine)
      return (0, false)
    }
    if code < 200 || code > 599 { observations.insert(.invalidCode) }
    if let first = firstCode, first != code { observations.insert(.mixedCodes) }
    firstCode = firstCode ?? code
    guard end - line.lowerBound > 3 else {
      observations.insert(.codeOnlyLine)
      return (code, false)
    }
    let separator = storage[line.lowerBound + 3]
    if separator != 32, separator != 45 { observations.insert(.badSeparator) }
    return (code, separator == 45)
  }

  private func oddOctets(in range: Range<Int>) -> ReplyObservations {
    storage.withUnsafeBufferPointer { octets in
      var odd: ReplyObservations = []
      for index in range {
        let octet = octets[index]
        if octet >= 32, octet < 127 { continue }
        switch octet {
        case 9: break
        case 0: odd.insert(.nul)
        case 10: odd.insert(.bareLF)
        case 13: odd.insert(.bareCR)
        case 128...: odd.insert(.eightBit)
        default: odd.insert(.controlOctet)
        }
      }
      return odd
    }
  }

  // MARK: Storage

  private mutating func reset() {
    // What a long reply has needed is given back: ten thousand sessions hold little each.
    if storage.capacity > 8192 {
      storage = []
    } else {
      storage.removeAll(keepingCapacity: true)
    }
    replyStart = 0
    lineStart = 0
    scanned = 0
    lineCount = 0
    firstCode = nil
    observations = []
  }

  private mutating func compact() {
    storage.removeSubrange(0..<replyStart)
    lineStart -= replyStart
    scanned = max(0, scanned - replyStart)
    replyStart = 0
  }
}
