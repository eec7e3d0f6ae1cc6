// SPDX-License-Identifier: Apache-2.0
//
// The one place where commands and replies are paired: in order, by counting, never by code or
// text (RFC 2920 section 3.1).

import ScenarioLanguage

/// A reply that is due.
struct Expected {
  /// Why the engine waits for it.
  enum Purpose: UInt8 {
    /// The answer to a step of the program (or to a member of a group).
    case step
    /// A command whose answer the script does not ask for.
    case unjudged
    /// STARTTLS, before the handshake.
    case startTLS
    /// The hello that follows a handshake.
    case hello
    /// One exchange of an AUTH step.
    case auth
    /// The harness's RSET after a failed transaction.
    case reset
    /// The lone dot after a 354 that no accepted recipient stands behind.
    case loneDot
    /// The harness's QUIT.
    case quit
  }

  var purpose: Purpose
  var phase: Phase
  /// Replies still due: more than one at the end of an LMTP message (RFC 2033 section 4.2).
  var due: UInt16
  /// Index of the step in the program, and of the command in its group (-1: none).
  var step: Int32
  var member: Int32
  var sentAt: Instant
}

/// The replies that are due, oldest first.
struct Ledger {
  private var entries: [Expected] = []
  private var head = 0

  var isEmpty: Bool { head == entries.count }

  var first: Expected? { head < entries.count ? entries[head] : nil }

  mutating func append(_ expected: Expected) { entries.append(expected) }

  /// Strikes out one due reply of the oldest entry.
  /// - Returns: whether the entry has now all its replies.
  mutating func settleOne() -> Bool {
    precondition(head < entries.count, "a reply was settled that was not due")
    if entries[head].due > 1 {
      entries[head].due -= 1
      return false
    }
    head += 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    }
    return true
  }

  /// Makes the oldest entry, a command nobody judged so far, the one a reading step asks for.
  mutating func adoptFirst(step: Int32, phase: Phase) {
    entries[head].purpose = .step
    entries[head].step = step
    entries[head].member = -1
    entries[head].phase = phase == .other ? entries[head].phase : phase
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    head = 0
  }
}
