// SPDX-License-Identifier: Apache-2.0
//
// BDAT: content in counted chunks, each a command with a reply of its own (RFC 3030 section 2).
// Content goes out as it is; nothing is dot-stuffed.

import MailContent
import SMTPWire
import ScenarioLanguage

/// What is left of the content of a BDAT step.
struct ChunkPlan {
  private enum Content {
    case message(MessageCursor)
    case octets([UInt8], next: Int)
  }

  private var content: Content
  private var left: Int
  private let sizes: [Int]
  private var used = 0
  private let says: Bool
  let isPipelined: Bool
  private(set) var isDone = false

  init(message: Message, sizes: [Int], last: Bool, pipelined: Bool) {
    self.init(.message(message.rawCursor()), message.size, sizes, last, pipelined)
  }

  init(octets: [UInt8], sizes: [Int], last: Bool, pipelined: Bool) {
    self.init(.octets(octets, next: 0), octets.count, sizes, last, pipelined)
  }

  private init(_ content: Content, _ size: Int, _ sizes: [Int], _ last: Bool, _ pipelined: Bool) {
    self.content = content
    left = size
    // Empty chunks alone would never send anything.
    self.sizes = sizes.contains { $0 > 0 } ? sizes : sizes + [.max]
    says = last
    isPipelined = pipelined
  }

  /// Appends the next chunk, its command first.
  /// - Returns: whether it is the one that ends the message.
  mutating func appendNext(to out: inout [UInt8]) -> Bool {
    let size = min(left, sizes[used % sizes.count])
    used += 1
    left -= size
    // Empty chunks behind the content belong to the first round of sizes.
    let emptyFollows = used < sizes.count && sizes[used] == 0
    isDone = left == 0 && !emptyFollows
    let endsMessage = isDone && says
    out.append(contentsOf: "BDAT ".utf8)
    out.appendDecimal(size)
    out.append(contentsOf: (endsMessage ? " LAST\r\n" : "\r\n").utf8)
    switch content {
    case .message(var cursor):
      if size > 0 { _ = cursor.write(into: &out, atMost: size) }
      content = .message(cursor)
    case .octets(let octets, let next):
      out.append(contentsOf: octets[next..<next + size])
      content = .octets(octets, next: next + size)
    }
    return endsMessage
  }
}

extension Dialogue {
  mutating func startChunks(_ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput) {
    guard case .bdat(let content, let sizes, let last, let pipelined) = step.instruction.action,
      mayWrite(at: now, &out)
    else { return }
    switch content {
    case .message:
      guard let made = nextMessage() else { return }
      message = nil
      transaction.octets += made.size
      current.chunks = ChunkPlan(message: made, sizes: sizes, last: last, pipelined: pipelined)
    case .octets:
      var octets: [UInt8] = []
      var secrets: [Range<Int>] = []
      let lacking = values.render(
        step.template, feed: prepared.settings.feed, seed: prepared.settings.seed, into: &octets,
        secrets: &secrets)
      if let lacking { return concludeUnset(lacking, at: now, &out) }
      transaction.octets += octets.count
      current.chunks = ChunkPlan(octets: octets, sizes: sizes, last: last, pipelined: pipelined)
    }
    isLoose = false
    writeChunk(step, at: now, &out)
  }

  /// Writes the next chunk, at once where it is small.
  private mutating func writeChunk(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    let start = out.octets.count
    current.chunkEndsMessage = current.chunks?.appendNext(to: &out.octets) ?? true
    let range = start..<out.octets.count
    if range.count <= BodyWriter.largestPortion {
      if keeps { log(out.octets[range], sentMark, at: now, atMost: 1024) }
      out.actions.append(.write(range))
      current.octetsSent += range.count
      return finishChunk(step, at: now, &out)
    }
    let octets = Array(out.octets[range])
    out.octets.removeSubrange(range)
    writer = BodyWriter(octets: octets, shape: .plain, cutPause: 0, at: now)
    pump(at: now, &out)
  }

  /// A chunk is out: its reply is due.
  mutating func finishChunk(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) {
    let ends = current.chunkEndsMessage
    // RFC 2033 section 4.2 with RFC 3030: no accepted recipient, no reply.
    let due = ends && prepared.program.isLMTP ? acceptedRecipients : 1
    current.sentAt = now
    if due > 0 {
      ledger.append(expected(.step, step, phase: ends ? .body : .bdat, due: due, at: now))
    }
    if let chunks = current.chunks, !chunks.isDone, chunks.isPipelined {
      return writeChunk(step, at: now, &out)
    }
    if ledger.isEmpty {
      current.isAnswered = true
      waiting = .nothing
    } else {
      awaitReplies(step, since: now)
    }
  }

  /// The replies so far are in: writes the next chunk, unless the last one was refused.
  /// - Returns: whether the step goes on.
  mutating func continueChunks(
    _ step: PreparedStep, at now: Instant, _ out: inout DialogueOutput
  ) -> Bool {
    guard let chunks = current.chunks, !chunks.isDone, !chunks.isPipelined, link == .open,
      current.failure == nil, lastReplyCode < 400
    else { return false }
    writeChunk(step, at: now, &out)
    return true
  }
}
