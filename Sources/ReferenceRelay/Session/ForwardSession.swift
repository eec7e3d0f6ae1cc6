// SPDX-License-Identifier: Apache-2.0
//
// The relay as a client: one message on its way to the next hop, as a machine without socket or clock.
// In clear text, one command at a time.
//
//   greeting -> hello -> mail -> recipient … -> data -> content -> goodbye -> over

import MailContent
import SMTPWire

/// Hands one message to the next hop.
struct ForwardSession {
  /// What became of a recipient.
  enum Fate: Equatable {
    case delivered
    /// 4yz, or no answer: later perhaps.
    case deferred(String)
    /// 5yz.
    case refused(String)
  }

  private enum Stage { case greeting, hello, mail, recipient(Int), data, content, goodbye, over }

  private let copy: RelayCopy
  private let hostName: String
  private var stage = Stage.greeting
  private var reader = ReplyReader()
  private var accepted: [Int] = []
  /// By the place of the recipient; complete once `isDecided`.
  private(set) var fates: [Int: Fate] = [:]
  /// Whether every recipient has its fate.
  var isDecided: Bool { fates.count == copy.recipients.count }
  /// Whether the connection is of no more use.
  var isOver: Bool { if case .over = stage { true } else { false } }
  /// Whether the next reply is that to the message.
  var awaitsFinalReply: Bool { if case .content = stage { true } else { false } }

  init(_ copy: RelayCopy, hostName: String) {
    self.copy = copy
    self.hostName = hostName
  }

  /// The next hop has sent octets; what to send is appended.
  mutating func received(_ octets: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    reader.append(octets)
    do throws(ReplyFault) {
      while !isOver, let summary = try reader.next() {
        take(reader.reply(summary), into: &out)
      }
    } catch {
      lose("the next hop's reply is none: \(error)")
    }
  }

  /// The connection is gone, or could not be had, or nothing comes.
  mutating func lose(_ reason: String) {
    decide(.deferred(reason))
    stage = .over
  }

  private mutating func take(_ reply: Reply, into out: inout [UInt8]) {
    let isPositive = reply.code / 100 == 2
    switch stage {
    case .greeting:
      proceed(isPositive, reply, "EHLO \(hostName)", .hello, &out)
    case .hello:
      greet(reply, isPositive, &out)
    case .mail:
      proceed(isPositive, reply, "RCPT TO:<\(copy.recipients[0])>", .recipient(0), &out)
    case .recipient(let place): takeRecipient(place, reply, isPositive, &out)
    case .data:
      guard reply.code == 354 else { return fail(reply, &out) }
      var stuffer = DotStuffer()
      stuffer.stuff(copy.trace, into: &out)
      stuffer.stuff(copy.content, into: &out)
      stuffer.finish(into: &out)
      stage = .content
    case .content:
      guard isPositive else { return fail(reply, &out) }
      decide(.delivered)
      leave(&out)
    case .goodbye, .over: stage = .over
    }
  }

  private mutating func greet(_ reply: Reply, _ isPositive: Bool, _ out: inout [UInt8]) {
    guard isPositive else { return fail(reply, &out) }
    let offers = Capabilities(helloReply: reply)
    var parameters = ""
    let holdsEightBit = copy.content.contains { $0 > 127 }
    for (isNeeded, keyword, parameter) in [
      (holdsEightBit, "8BITMIME", " BODY=8BITMIME"),
      (copy.isInternationalized, "SMTPUTF8", " SMTPUTF8"),
    ] where isNeeded {
      // RFC 6152 section 3, RFC 6531 section 3.2: such content is not sent to who does not take it.
      guard offers.offers(keyword) else {
        decide(.refused("the next hop does not offer \(keyword)"))
        return leave(&out)
      }
      parameters += parameter
    }
    send("MAIL FROM:<\(copy.sender)>\(parameters)", .mail, &out)
  }

  private mutating func takeRecipient(
    _ place: Int, _ reply: Reply, _ isPositive: Bool, _ out: inout [UInt8]
  ) {
    if isPositive { accepted.append(place) } else { fates[place] = Self.fate(of: reply) }
    let next = place + 1
    if next < copy.recipients.count {
      send("RCPT TO:<\(copy.recipients[next])>", .recipient(next), &out)
    } else if accepted.isEmpty {
      leave(&out)
    } else {
      send("DATA", .data, &out)
    }
  }

  // MARK: - Steps

  private mutating func proceed(
    _ isPositive: Bool, _ reply: Reply, _ line: String, _ next: Stage, _ out: inout [UInt8]
  ) {
    if isPositive { send(line, next, &out) } else { fail(reply, &out) }
  }

  private mutating func send(_ line: String, _ next: Stage, _ out: inout [UInt8]) {
    out += "\(line)\r\n".utf8
    stage = next
  }

  private mutating func fail(_ reply: Reply, _ out: inout [UInt8]) {
    decide(Self.fate(of: reply))
    leave(&out)
  }

  private mutating func leave(_ out: inout [UInt8]) { send("QUIT", .goodbye, &out) }

  /// Gives those their fate who have none yet.
  private mutating func decide(_ fate: Fate) {
    for place in copy.recipients.indices where fates[place] == nil { fates[place] = fate }
  }

  /// Whatever is not for good is for the time being.
  private static func fate(of reply: Reply) -> Fate {
    let text = WireText.escaped(reply.octets.prefix(200))
    return reply.code / 100 == 5 ? .refused(text) : .deferred(text)
  }
}
