// SPDX-License-Identifier: Apache-2.0
//
// Rules that hold for every reply of every session, whatever a check was after. They are looked at
// on the way, so a certificate speaks of all replies of a run and not only of those that some check
// has asked about.

import SMTPWire
package import ScenarioLanguage

/// A rule that every reply, or every session, has to keep.
package enum Invariant: String, Sendable, CaseIterable {
  case grammar = "reply-grammar"
  case lineEnds = "reply-line-ends"
  case text = "reply-text"
  case sameCode = "same-code-on-every-line"
  case lineLength = "reply-line-length"
  case oneReply = "one-reply-per-command"
  case nothingUnasked = "nothing-unasked-but-421"
  case enhancedPresent = "enhanced-codes-present"
  case enhancedClass = "enhanced-codes-agree"
  case stableCapabilities = "capabilities-stay"
  case textBehindCode = "space-behind-code"

  /// The id of its entry in a certificate.
  package var id: String { "invariants/\(rawValue)" }

  package var title: String {
    switch self {
    case .grammar: "Every reply line is a code from 200 to 599, a space or a dash, and text"
    case .lineEnds: "Every reply line ends in CRLF and holds no other CR or LF"
    case .text: "The text of every reply is HT and printable ASCII"
    case .sameCode: "All lines of a reply carry the same code"
    case .lineLength: "No reply line is longer than 512 octets"
    case .oneReply: "Every command gets one reply, in order"
    case .nothingUnasked: "Nothing but 421 comes unasked"
    case .enhancedPresent:
      "Every line of a 2yz, 4yz or 5yz reply has an enhanced code where they are offered"
    case .enhancedClass: "The class of an enhanced code is that of its reply"
    case .stableCapabilities: "A second EHLO in the same state lists the same extensions"
    case .textBehindCode: "A space follows the code even where there is no text"
    }
  }

  /// The requirements that it stands for.
  package var requirements: [String] {
    switch self {
    case .grammar: ["5321-4.2-three-digit-code", "5321-4.2-reply-sp-text"]
    case .lineEnds: ["5321-2.3.8-reply-crlf"]
    case .text: ["5321-4.2-reply-text-ascii"]
    case .sameCode: ["5321-4.2.1-multiline-same-code"]
    case .lineLength: ["5321-4.5.3.1.5-reply-512"]
    case .oneReply, .nothingUnasked: ["5321-4.2-one-reply"]
    case .enhancedPresent: ["2034-4-codes-present", "2034-4-multiline-repeat"]
    case .enhancedClass: ["2034-4-class-agrees"]
    case .stableCapabilities, .textBehindCode: []
    }
  }

  /// What breaking it is worth: lists may change with the client's reputation, and the space behind
  /// a bare code is a SHOULD (RFC 5321 section 4.2).
  package var verdict: Verdict {
    switch self {
    case .stableCapabilities: .info
    case .textBehindCode: .warn
    default: .fail
    }
  }
}

/// A place where an invariant was broken.
package struct Breach: Sendable, Equatable {
  package var invariant: Invariant
  /// Which step it was noticed at.
  package var place: String
  /// The reply, escaped.
  package var actual: String

  package init(_ invariant: Invariant, at place: String, actual: String) {
    self.invariant = invariant
    self.place = place
    self.actual = actual
  }
}

extension Invariant {
  /// What the form of one reply breaks.
  static func broken(by reply: Reply) -> [Invariant] {
    let faults: [(ReplyObservations, Invariant)] = [
      ([.malformedLine, .invalidCode, .badSeparator], .grammar),
      ([.bareLF, .bareCR], .lineEnds),
      ([.nul, .controlOctet, .eightBit], .text),
      ([.mixedCodes], .sameCode),
      ([.longLine], .lineLength),
      ([.codeOnlyLine], .textBehindCode),
    ]
    return faults.filter { !reply.observations.isDisjoint(with: $0.0) }.map(\.1)
  }

  /// What the enhanced codes of one reply break, given that the server offers them.
  ///
  /// Greetings, replies to hello commands and 3yz replies have none (RFC 2034 section 4).
  static func brokenByEnhancedCodes(of reply: Reply) -> [Invariant] {
    guard [2, 4, 5].contains(reply.code / 100) else { return [] }
    let codes = reply.lines.map(\.enhancedCode)
    var broken: [Invariant] = []
    if codes.contains(where: { $0 == nil }) { broken.append(.enhancedPresent) }
    if codes.contains(where: { code in
      code.map { UInt16($0.statusClass) != reply.code / 100 } ?? false
    }) {
      broken.append(.enhancedClass)
    }
    return broken
  }
}
