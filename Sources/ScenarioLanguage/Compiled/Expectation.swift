// SPDX-License-Identifier: Apache-2.0
//
// What may come back after a step, and which verdict each answer earns.

/// Patterns with their outcomes, the most specific first.
package struct Expectation: Sendable, Equatable {
  /// Sorted by `Pattern.specificity`, most specific first; ties keep the order of the script.
  package var rules: [Rule]
  /// Further conditions on the answer that a rule let through as pass, info, warn or next.
  package var conditions: [Condition]
  /// The verdict where a condition does not hold.
  package var otherwise: Verdict

  package init(rules: [Rule], conditions: [Condition] = [], otherwise: Verdict = .fail) {
    self.rules = rules
    self.conditions = conditions
    self.otherwise = otherwise
  }

  /// Whether it asks what a hello's reply lists, and not what the server makes of a second hello.
  package var looksAtExtensions: Bool {
    let isAboutRefusal = rules.contains { $0.pattern == .code(503) }
    return !isAboutRefusal
      && conditions.contains { condition in
        switch condition {
        case .offers, .offersNot, .matches, .matchesNot: true
        case .text, .challenge, .enhancedCode, .tls: false
        }
      }
  }

  /// For steps that await no reply.
  package static let nothing = Expectation(rules: [])

  package struct Rule: Sendable, Equatable {
    package var pattern: Pattern
    package var outcome: Outcome
    package init(pattern: Pattern, outcome: Outcome) {
      self.pattern = pattern
      self.outcome = outcome
    }
  }

  package enum Outcome: Sendable, Equatable {
    /// The step earned this verdict. In a map that has a `next`, it also ends the dialogue.
    case verdict(Verdict)
    /// Nothing is decided yet; the dialogue goes on.
    case next
  }

  /// A condition beyond the code.
  package enum Condition: Sendable, Equatable {
    /// The reply's text (all lines) contains these octets, letter case ignored.
    case text(contains: [UInt8])
    /// The regular expression matches somewhere in the reply as it was received, every octet one
    /// character, CRLFs included.
    case matches(String)
    case matchesNot(String)
    /// The regular expression matches somewhere in what the base64 of a 334 stands for, every octet
    /// one character; other replies are not looked at.
    case challenge(String)
    /// The enhanced status code of the last line, `5.1.1`; `x` stands for any number.
    case enhancedCode(String)
    /// The EHLO reply offers this keyword (and argument).
    case offers(String)
    case offersNot(String)
    /// What came of a TLS handshake.
    case tls(TLSCondition)
  }
}

/// One form an answer can take.
package enum Pattern: Sendable, Equatable, Hashable {
  /// `250`
  case code(UInt16)
  /// `25x`
  case codes(UInt8, UInt8)
  /// `2xx`
  case codeClass(UInt8)
  /// `reply`: any one reply with a code.
  case reply
  /// `one reply`: one and, within the limit, no other.
  case oneReply
  /// `two replies`
  case twoReplies
  /// `close`: the connection ended, by FIN, RST or TLS, before any reply.
  case close
  /// `silence`: nothing at all within the limit.
  case silence
  /// `secured`: the handshake finished.
  case secured
  /// `refused`: the handshake was refused with an alert or failed; or the connect was refused.
  ///
  /// A `handshake` step that finds no connection is not judged by it.
  case refused

  /// How narrow the pattern is; of two that match, the one with the higher number decides.
  package var specificity: Int {
    switch self {
    case .code: 4
    case .codes: 3
    case .codeClass: 2
    case .twoReplies, .oneReply: 5
    case .close, .silence, .secured, .refused: 1
    case .reply: 0
    }
  }
}
