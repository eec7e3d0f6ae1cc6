// SPDX-License-Identifier: Apache-2.0
//
// From what a script asks of its messages to the messages. All work is done when the factory is
// made; afterwards it is immutable, and any number of sessions on any threads share it.

import Glibc

/// Makes the messages of one step.
///
/// The same spec, seed, run, addresses and time give the same messages, whatever the order in which
/// sessions ask for them.
package final class MessageFactory: Sendable {
  private let plans: [MessagePlan]
  private let choice: Choice
  private let seed: UInt64

  /// How a message finds its plan.
  private enum Choice {
    /// In turn.
    case number
    /// By seeded chance, each as likely as another.
    case even
    /// By seeded chance; the sums of the weights up to and with each plan.
    case weighted([UInt64])
  }

  /// Makes a factory: generates text or reads files, and digests what will be marked.
  ///
  /// This blocks, for a corpus or large messages up to some tenths of a second.
  ///
  /// - Parameters:
  ///   - run: The run's name, of letters, digits, `-`, `_` and `.`; it becomes part of Message-ID.
  ///   - sender: The address for From, and for the domain of Message-ID.
  ///   - recipient: The address for To.
  ///   - time: Seconds since 1970 for Date; nil: now.
  /// - Throws: For sizes, lines, weights, names or fields that make no message, and for files that
  ///   cannot be read.
  package init(
    spec: MessageSpec, seed: UInt64, run: String, sender: String = "sender@relaymark.test",
    recipient: String = "user1@relaymark.test", time: Int? = nil, sha256: @escaping DigestSource
  ) throws(ContentError) {
    try SpecCheck(spec: spec, run: run, addresses: [sender, recipient]).check()
    self.seed = seed
    if let octets = spec.octets {
      plans = [PlanMaker.plan(for: StoredMessage(octets), run: nil, sha256: sha256)]
      choice = .number
      return
    }
    if let path = spec.eml {
      let corpus = try EMLCorpus(path: path, keepsLineEnds: spec.emlKeepsLineEnds)
      plans = corpus.messages.map { message in
        PlanMaker.plan(for: message, run: spec.mark ? run : nil, sha256: sha256)
      }
      choice = .number
      return
    }
    let sizes = Self.sizes(of: spec.size, seed: seed)
    let block = BodyBlock(
      shape: spec.lines, eightBit: spec.eightBit, largestBody: sizes.max() ?? 0, seed: seed)
    let header = GeneratedHeader(
      spec: spec, run: run, sender: sender, recipient: recipient, time: time ?? Glibc.time(nil))
    plans = sizes.map { size in
      PlanMaker.plan(size: size, header: header, block: block, sha256: sha256)
    }
    if case .weighted(let parts) = spec.size {
      var sum: UInt64 = 0
      choice = .weighted(
        parts.map { part in
          sum += UInt64(part.weight)
          return sum
        })
    } else {
      choice = .even
    }
  }

  /// The message with this number, from 1, for a session with that number.
  package func message(session: Int, number: Int) -> Message {
    precondition(session >= 0 && number >= 0, "sessions and messages are counted from 1")
    return Message(plan: plan(session, number), session: session, number: number)
  }

  private func plan(_ session: Int, _ number: Int) -> MessagePlan {
    if plans.count == 1 { return plans[0] }
    if case .number = choice { return plans[(max(number, 1) - 1) % plans.count] }
    var random = SeededRandom(seed: seed, UInt64(session), UInt64(number))
    guard case .weighted(let sums) = choice, let total = sums.last else {
      return plans[Int.random(in: plans.indices, using: &random)]
    }
    let value = UInt64.random(in: 0..<total, using: &random)
    let index = sums.firstIndex { value < $0 } ?? 0
    return plans[index]
  }

  /// The sizes for which plans are made.
  ///
  /// A range is divided into equal parts with one seeded size in each, its ends among them: up to
  /// 1,024 of them, fewer where so many bodies would take long to digest.
  private static func sizes(of distribution: SizeDistribution, seed: UInt64) -> [Int] {
    switch distribution {
    case .fixed(let size): return [size]
    case .weighted(let parts): return parts.map(\.size)
    case .uniform(let smallest, let largest):
      let span = largest - smallest + 1
      let affordable = (256 << 20) / max(1, (smallest + largest) / 2)
      let count = min(span, max(16, min(1_024, affordable)))
      var random = SeededRandom(seed: seed)
      return (0..<count).map { index in
        let part = smallest + span * index / count...smallest + span * (index + 1) / count - 1
        switch index {
        case 0: return smallest
        case count - 1: return largest
        default: return Int.random(in: part, using: &random)
        }
      }
    }
  }
}

/// Puts plans together.
private enum PlanMaker {
  private static let end: [UInt8] = [0x2E, 0x0D, 0x0A]

  /// A generated message of exactly so many octets.
  static func plan(
    size: Int, header: GeneratedHeader, block: BodyBlock, sha256: DigestSource
  ) -> MessagePlan {
    var (template, isMarked) = header.template(forSize: size)
    let window = block.window(size: size - template.octets.count)
    if isMarked {
      let body = MessageForm(
        header: HeaderTemplate(), text: block.octets, windowLength: window.length,
        tail: window.tail)
      template.fill(.digest, with: digest(of: body, from: 0, completed: true, sha256))
    }
    // The one tail without CRLF is the single letter of a message of one octet.
    let completion: [UInt8] = window.tail == [UInt8(ascii: "x")] ? [0x0D, 0x0A] : []
    return MessagePlan(
      plain: MessageForm(
        header: template, text: block.octets, windowLength: window.length, tail: window.tail),
      stuffed: MessageForm(
        header: template.stuffed(), text: block.stuffed, windowLength: window.stuffedLength,
        tail: window.tail + completion + end),
      isMarked: isMarked)
  }

  /// A message whose octets are given; marked in front where `run` is given and a mark would hold.
  static func plan(
    for message: StoredMessage, run: String?, sha256: DigestSource
  ) -> MessagePlan {
    var header = HeaderTemplate()
    let completion: [UInt8] = message.endsInCRLF ? [] : [0x0D, 0x0A]
    if let run, message.hasOnlyCRLF {
      IntegrityMark.append(to: &header, run: run)
      let body = MessageForm(
        header: HeaderTemplate(), text: message.octets, windowLength: message.octets.count,
        tail: [])
      let start = message.bodyStart ?? message.octets.count
      header.fill(
        .digest, with: digest(of: body, from: start, completed: message.endsInCRLF, sha256))
    }
    return MessagePlan(
      plain: MessageForm(
        header: header, text: message.octets, windowLength: message.octets.count, tail: []),
      stuffed: MessageForm(
        header: header, text: message.stuffed, windowLength: message.stuffed.count,
        tail: completion + end),
      isMarked: !header.octets.isEmpty)
  }

  private static func digest(
    of form: MessageForm, from start: Int, completed: Bool, _ sha256: DigestSource
  ) -> [UInt8] {
    let running = sha256()
    var cursor = MessageCursor(form: form, session: 0, number: 0, position: start)
    let isEmpty = cursor.remaining == 0
    _ = cursor.forEachPiece(atMost: .max) { running.update(UnsafeRawBufferPointer($0)) }
    if !completed, !isEmpty { running.update([0x0D, 0x0A]) }
    return running.finishInHexadecimal()
  }
}

/// Refuses what makes no message.
private struct SpecCheck {
  let spec: MessageSpec
  let run: String
  let addresses: [String]

  func check() throws(ContentError) {
    try checkSizes()
    if case .text(let length) = spec.lines, !(1...MessageSpec.largestSize).contains(length) {
      throw ContentError("a line of \(length) octets: from 1 to \(MessageSpec.largestSize) can be")
    }
    let isName = { (octet: UInt8) in
      switch octet {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard (1...100).contains(run.utf8.count), run.utf8.allSatisfy(isName) else {
      throw ContentError("a run cannot be called \"\(run)\": up to 100 letters, digits, - _ .")
    }
    for field in spec.headers {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy({ (33...126).contains($0) && $0 != 58 })
      else { throw ContentError("\"\(field.name)\" is no name for a header field") }
      try checkLine(field.value, "the value of \(field.name)")
    }
    for address in addresses { try checkLine(address, "an address") }
  }

  private func checkSizes() throws(ContentError) {
    let sizes: [Int]
    switch spec.size {
    case .fixed(let size): sizes = [size]
    case .uniform(let smallest, let largest):
      guard smallest <= largest else {
        throw ContentError("sizes from \(smallest) to \(largest): the first is the larger one")
      }
      sizes = [smallest, largest]
    case .weighted(let parts):
      guard !parts.isEmpty, parts.allSatisfy({ (1...1_000_000).contains($0.weight) }) else {
        throw ContentError("weighted sizes need at least one, with weights from 1 to 1000000")
      }
      sizes = parts.map(\.size)
    }
    for size in sizes where !(0...MessageSpec.largestSize).contains(size) {
      throw ContentError("a message of \(size) octets: from 0 to \(MessageSpec.largestSize) can be")
    }
  }

  private func checkLine(_ text: String, _ what: String) throws(ContentError) {
    guard text.utf8.allSatisfy({ $0 != 0x0D && $0 != 0x0A && $0 != 0 }) else {
      throw ContentError("\(what) holds CR, LF or NUL")
    }
  }
}
