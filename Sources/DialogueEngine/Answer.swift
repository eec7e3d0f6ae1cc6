// SPDX-License-Identifier: Apache-2.0
//
// What came back after a step, what it was worth, and what else was noticed on the way.

package import JSONText
package import SMTPWire
package import ScenarioLanguage

/// What a step got.
package enum Answer: Sendable, Equatable {
  /// Replies, in order; more than one for `two replies`, LMTP and chunks.
  case replies([Reply])
  /// The connection ended (or had ended) before a reply.
  case closed(ConnectionEnd)
  /// Nothing came within this many nanoseconds.
  case silence(Int64)
  /// TLS was established; the text names version and cipher.
  case secured(String)
  /// The connection or the handshake was refused; one line says why.
  case refused(String)
  /// The harness could not take the step; one line says why.
  case unable(String)
}

/// One judged step of a check.
package struct StepOutcome: Sendable {
  /// Index of the instruction in its session's program.
  package var instruction: Int
  /// Index of the command within a pipelined group.
  package var member: Int?
  /// How evidence names the step: the command as written, secrets masked.
  package var label: String
  package var position: SourcePosition
  package var origin: Instruction.Origin
  package var phase: Phase
  /// Whether the step belongs to the orderly end, which decides nothing.
  package var isPartOfTeardown: Bool
  /// nil where the answer was a `next`, so that nothing is decided by this step.
  package var verdict: Verdict?
  /// The acceptable answers, in words of the script.
  package var expected: String
  package var answer: Answer
  /// Why the verdict is what it is, where the two fields above do not say it.
  package var reason: String?
  /// When the step's last octet was handed to the transport (for steps that only read: when
  /// reading began).
  package var sentAt: Instant
  /// When the first octet of the (first) reply arrived.
  package var firstOctetAt: Instant?
  /// When the last line of the (last) reply had arrived, or the end or the limit came.
  package var answeredAt: Instant
  /// Octets of a message or of shaped octets that were handed to the transport.
  package var octetsSent: Int
  /// The name under which the script wants the step's duration reported.
  package var measure: String?
  /// Whether the script names the very code of the last reply.
  package var isNamed = false

  /// From the last octet sent to the answer.
  package var nanoseconds: Int64 { answeredAt - sentAt }
}

/// Something noticed that is not the answer to a step's question.
package struct Observation: Sendable, Equatable {
  package var kind: Kind
  /// Index of the instruction that was running.
  package var instruction: Int
  package var at: Instant
  /// One line, escaped, secrets masked.
  package var text: String
  /// The reply that was noticed, where it is about one.
  package var reply: Reply?

  package enum Kind: String, Sendable, CaseIterable {
    /// A reply that no command had asked for.
    case surplusReply
    /// A command that got no reply within its limit while the connection stayed open.
    case missingReply
    /// A reply before the end of the message.
    case replyDuringData
    /// The reply that came during the message stayed the only one.
    case onlyReplyDuringData
    /// An extra reply directly before the end of the connection.
    case closingNotice
    /// The connection had been ended, or 421 had been said, before our command was written.
    case idleClose
    /// 421 to a command.
    case closedBy421
    /// Clear text behind the 220 to STARTTLS (RFC 3207 section 6).
    case cleartextBehindStartTLS
    /// The connection ended inside TLS without close_notify.
    case truncatedTLS
    /// The connection ended in the middle of a reply.
    case endedInsideReply
    /// A reply outside the grammar: its flags say how.
    case malformedReply
    /// A reply beyond the bounds of the reader.
    case unboundedReply
    /// A first digit outside 2…5, or no code at all.
    case invalidCode
    /// QUIT got something else than 221 and the end.
    case quitOddity
    /// A SCRAM server could not prove that it knows the password (RFC 5802 section 3).
    case serverNotProven
    /// A 334 whose text is not base64 (RFC 4954 section 4).
    case malformedChallenge
    /// A 5yz to AUTH before any credentials were sent.
    case refusedBeforeCredentials
  }
}

/// A break in the pairing of commands and replies, after which no reply can be attributed.
package enum Desync: Sendable, Equatable {
  /// More replies than commands; the text is the first surplus one, escaped.
  case surplus(String)
  /// A command got no reply within its limit; the text names it.
  case missing(String)

  /// One line for reports.
  package var description: String {
    switch self {
    case .surplus(let text): "desync: a reply that no command had asked for: \(text)"
    case .missing(let label): "desync: no reply to \(label)"
    }
  }
}
