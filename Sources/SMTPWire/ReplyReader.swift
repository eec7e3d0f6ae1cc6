// SPDX-License-Identifier: Apache-2.0
//
// Octets of a server to replies, whatever way they are cut. It works on octets alone, allocates nothing
// for a reply whose owner wants only the code, and holds no more than its limits.

/// Reads replies incrementally.
///
/// A reply ends at the first line with a code whose fourth octet is not a hyphen; the text is opaque. A
/// line without a code that begins a reply is a reply of its own, with code 0; inside a reply that was
/// to go on it is one more line.
///
/// A line ends at CRLF (RFC 5321 section 2.3.8). A bare LF is an observation and stays in its line, with
/// three exceptions that give every peer a defined outcome. It ends the line
/// - where the reply goes on and a reply line seems to begin behind the LF,
/// - where a reply line seems to begin behind it and the peer has not sent a single CRLF so far,
/// - where the reply may end, nothing stands behind it, and the owner calls `flushLenient`.
package struct ReplyReader: Sendable {
  /// Storage that stays between replies; what a longer reply has needed is given back.
  private static let keptCapacity = 4096

  private let limits: ReplyLimits
  private var storage: [UInt8] = []
  /// First octet that belongs to no complete reply.
  private var replyStart = 0
  /// First octet of the line that is being read.
  private var lineStart = 0
  /// First octet that was not looked at, or whose meaning depends on octets to come.
  private var scanned = 0
  private var lineCount = 0
  private var firstCode: UInt16?
  private var observations: ReplyObservations = []
  private var hasSeenCRLF = false
  private var isFlushing = false
  private var fault: ReplyFault?

  package init(limits: ReplyLimits = .standard) { self.limits = limits }

  /// Takes octets as they come from the peer; none after a fault.
  package mutating func append(_ octets: UnsafeRawBufferPointer) {
    guard fault == nil else { return }
    isFlushing = false
    if replyStart == storage.count {
      recycle()
    } else if replyStart >= Self.keptCapacity {
      compact()
    }
    storage.append(contentsOf: octets)
  }

  /// Takes octets as they come from the peer; none after a fault.
  package mutating func append(_ octets: [UInt8]) {
    octets.withUnsafeBytes { append($0) }
  }

  /// The next complete reply, nil where more octets are needed.
  ///
  /// - Returns: a summary; ``reply(_:)`` and ``enhancedCode(_:)`` take it until the next call that
  ///   changes the reader.
  /// - Throws: the bound that the peer goes beyond, now and at every further call.
  package mutating func next() throws(ReplyFault) -> ReplySummary? {
    if let fault { throw fault }
    while let line = nextLine() {
      try hold(upTo: line.end)
      if let summary = try finish(line) { return summary }
    }
    // The octet at `scanned`, if there is one, belongs to this line whatever comes.
    try hold(upTo: min(scanned + 1, storage.count))
    isFlushing = false
    if replyStart == storage.count, storage.capacity > Self.keptCapacity { recycle() }
    return nil
  }

  /// Lets the next `next` end a line at a bare LF that stands last, for a peer that says no more.
  package mutating func flushLenient() { isFlushing = true }

  /// Whether `flushLenient` would yield a reply: the octets read so far end in a bare LF, and the line
  /// does not announce another one.
  package var awaitsCRLF: Bool {
    storage.withUnsafeBytes { endsInBareLF($0) }
  }

  /// An owned copy of a reply.
  package func reply(_ summary: ReplySummary) -> Reply {
    Reply(
      code: summary.code, octets: Array(storage[summary.range]),
      observations: summary.observations)
  }

  /// The enhanced status code of a reply's last line, read without copying the reply.
  package func enhancedCode(_ summary: ReplySummary) -> EnhancedCode? {
    var line = storage[summary.lastLine..<summary.range.upperBound]
    if line.last == 10 { line = line.dropLast() }
    if line.last == 13 { line = line.dropLast() }
    guard line.withUnsafeBytes({ ReplyLineHead($0).code }) != nil, line.count > 4 else {
      return nil
    }
    return EnhancedCode(leading: line.dropFirst(4))
  }

  /// How many octets belong to no complete reply yet.
  package var unread: Int { storage.count - replyStart }

  /// The octets that belong to no complete reply yet.
  package var unreadOctets: [UInt8] { Array(storage[replyStart...]) }

  /// Forgets everything, as for a new connection or behind STARTTLS.
  package mutating func discard() {
    replyStart = storage.count
    recycle()
    forgetReply()
    hasSeenCRLF = false
    isFlushing = false
    fault = nil
  }

  // MARK: Lines

  private struct Line {
    /// Behind the terminator.
    var end: Int
    /// Octets of the terminator.
    var terminator: Int
  }

  /// The line being read, nil where its end is not there yet.
  private mutating func nextLine() -> Line? {
    let (place, line, odd) = storage.withUnsafeBytes { scan($0) }
    scanned = place
    observations.formUnion(odd)
    if line?.terminator == 2 { hasSeenCRLF = true }
    return line
  }

  /// Looks for the end of a line from `scanned` on, and for odd octets on the way.
  private func scan(_ octets: UnsafeRawBufferPointer) -> (Int, Line?, ReplyObservations) {
    var odd: ReplyObservations = []
    var index = scanned
    while true {
      index = OctetScan.endOfPrintable(octets, from: index)
      guard index < octets.count else { return (index, nil, odd) }
      switch octets[index] {
      case 13:
        guard index + 1 < octets.count else { return (index, nil, odd) }
        if octets[index + 1] == 10 {
          return (index + 2, Line(end: index + 2, terminator: 2), odd)
        }
        odd.insert(.bareCR)
      case 10:
        switch end(atBareLF: index, octets) {
        case .some(true):
          return (index + 1, Line(end: index + 1, terminator: 1), odd.union(.bareLF))
        case .some(false): odd.insert(.bareLF)
        case .none: return (index, nil, odd)
        }
      case 0: odd.insert(.nul)
      case 9: break
      case 128...: odd.insert(.eightBit)
      default: odd.insert(.controlOctet)
      }
      index += 1
    }
  }

  /// Whether a bare LF ends the line; nil where that depends on octets to come.
  private func end(atBareLF index: Int, _ octets: UnsafeRawBufferPointer) -> Bool? {
    if index + 1 == octets.count { return isFlushing && endsInBareLF(octets) ? true : nil }
    guard !hasSeenCRLF || continues(octets, lineEnd: index) else { return false }
    return switch ReplyLineBeginning(octets, at: index + 1) {
    case .replyLine: true
    case .other: false
    case .undecided: nil
    }
  }

  private func endsInBareLF(_ octets: UnsafeRawBufferPointer) -> Bool {
    guard octets.last == 10, octets.count > lineStart else { return false }
    let isBare = octets.count == lineStart + 1 || octets[octets.count - 2] != 13
    return isBare && !continues(octets, lineEnd: octets.count - 1)
  }

  private func continues(_ octets: UnsafeRawBufferPointer, lineEnd: Int) -> Bool {
    ReplyLineHead(UnsafeRawBufferPointer(rebasing: octets[lineStart..<lineEnd]))
      .continues(isFirstLine: lineCount == 0)
  }

  /// Takes a line into the reply; a summary where it is the last one.
  private mutating func finish(_ line: Line) throws(ReplyFault) -> ReplySummary? {
    lineCount += 1
    if lineCount > limits.lines { throw failed(.tooManyLines(limit: limits.lines)) }
    let start = lineStart
    // RFC 5321 section 4.5.3.1.5: 512 octets with the code and the CRLF.
    if line.end - start > 512 { observations.insert(.longLine) }
    let head = storage.withUnsafeBytes {
      ReplyLineHead(UnsafeRawBufferPointer(rebasing: $0[start..<(line.end - line.terminator)]))
    }
    note(head)
    lineStart = line.end
    guard !head.continues(isFirstLine: lineCount == 1) else { return nil }
    let summary = ReplySummary(
      code: head.code ?? 0, lineCount: lineCount, observations: observations,
      range: replyStart..<line.end, lastLine: start)
    replyStart = line.end
    forgetReply()
    return summary
  }

  private mutating func note(_ head: ReplyLineHead) {
    guard let code = head.code else {
      observations.insert(.malformedLine)
      return
    }
    if code < 200 || code > 599 { observations.insert(.invalidCode) }
    if let firstCode, firstCode != code { observations.insert(.mixedCodes) }
    firstCode = firstCode ?? code
    switch head.separator {
    case nil: observations.insert(.codeOnlyLine)
    case 32, 45: break
    default: observations.insert(.badSeparator)
    }
  }

  // MARK: Bounds and storage

  /// Holds the octets up to an end against the bounds; the bound that comes first counts, so that cuts
  /// in the stream make no difference.
  private mutating func hold(upTo end: Int) throws(ReplyFault) {
    let line = lineStart + limits.line
    let reply = replyStart + limits.reply
    guard end > min(line, reply) else { return }
    throw failed(
      line <= reply ? .lineTooLong(limit: limits.line) : .replyTooLong(limit: limits.reply))
  }

  private mutating func failed(_ fault: ReplyFault) -> ReplyFault {
    self.fault = fault
    return fault
  }

  private mutating func forgetReply() {
    lineCount = 0
    firstCode = nil
    observations = []
  }

  /// Starts afresh in storage that holds nothing unread.
  private mutating func recycle() {
    if storage.capacity > Self.keptCapacity {
      storage = []
    } else {
      storage.removeAll(keepingCapacity: true)
    }
    replyStart = 0
    lineStart = 0
    scanned = 0
  }

  private mutating func compact() {
    storage.removeSubrange(0..<replyStart)
    lineStart -= replyStart
    scanned -= replyStart
    replyStart = 0
  }
}
