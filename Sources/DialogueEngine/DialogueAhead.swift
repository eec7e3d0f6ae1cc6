// SPDX-License-Identifier: Apache-2.0
//
// The envelope of the next message in one write with the content of this one, which RFC 2920
// section 3.1 allows: the content may be the first of a group of commands. Loads only.
//
//   content of 1, MAIL RCPT DATA of 2 ─▶ reply to 1 ─▶ result of 1 ─▶ replies to the envelope of 2 …

import SMTPWire
import ScenarioLanguage

extension Dialogue {
  /// The envelope of a message that went out before its transaction began.
  struct Ahead {
    var number: Int
    var sentAt: Instant
  }

  /// Whether the owner is to be asked for the message whose envelope goes with this content.
  var maySendAhead: Bool { prepared.aheadGroup != nil && offersPipelining && !keeps }

  /// The answer to `mayFollow`: writes the content, and behind it the envelope of the message that
  /// `transaction` will be called for next; nil where there is none, or none for this connection.
  package mutating func follow(
    _ next: SessionMove?, at now: Instant, into out: inout DialogueOutput
  ) {
    guard waiting == .follower else { return }
    let step = prepared.steps[current.index]
    current.octetsSent = out.octets.count - contentStart
    if case .transaction(let number, _)? = next, appendEnvelope(of: number, &out) {
      ahead = Ahead(number: number, sentAt: now)
    }
    out.actions.append(.write(contentStart..<out.octets.count))
    finishWriting(step, at: now, &out)
    // The replies to the envelope are due behind that to the content.
    if ahead != nil, let place = prepared.aheadGroup { expectMembers(ofGroup: place, at: now) }
    proceed(at: now, &out)
  }

  /// Appends the commands of the group for another message.
  ///
  /// - Returns: Whether it has octets: what it lacks its own transaction will tell.
  private mutating func appendEnvelope(of number: Int, _ out: inout DialogueOutput) -> Bool {
    guard let place = prepared.aheadGroup else { return false }
    let group = prepared.steps[place]
    if let octets = group.groupOctets {
      out.octets.append(contentsOf: octets)
      return true
    }
    let start = out.octets.count
    let present = values.message
    values.message = number
    defer { values.message = present }
    for member in group.members {
      guard case .octets = fill(member, line: true, &out) else {
        out.octets.removeSubrange(start...)
        return false
      }
    }
    return true
  }

  /// Begins with the group of a transaction whose envelope is out already, and takes what has come
  /// in reply so far.
  mutating func takeUpAhead(
    _ step: PreparedStep, sentAt: Instant, at now: Instant, _ out: inout DialogueOutput
  ) {
    ahead = nil
    transaction.started = sentAt
    current.sentAt = sentAt
    awaitMembers(of: step, at: now)
    readReplies(at: now, &out)
  }
}
