// SPDX-License-Identifier: Apache-2.0
//
// Holds answers against expectations. Pure functions; what a verdict means for the rest of the
// dialogue is decided elsewhere.

import SASLExchange
import SMTPWire
package import ScenarioLanguage

/// What an answer was worth.
struct Judged: Equatable {
  /// nil: a `next`, nothing is decided.
  var verdict: Verdict?
  /// Whether the verdict ends the dialogue whatever it is: it comes from a map with a `next`.
  var decides = false
  var reason: String?

  /// Whether the dialogue may go on to the next step.
  var goesOn: Bool {
    if decides { return false }
    return switch verdict {
    case nil, .pass, .info, .warn: true
    case .skipped, .inconclusive, .fail, .error: false
    }
  }

  /// Of two members of one step, the one that weighs more.
  func combined(with other: Judged) -> Judged {
    guard let mine = verdict else { return other }
    guard let others = other.verdict else { return self }
    return others.weight > mine.weight ? other : self
  }
}

extension Expectation {
  /// Whether any rule asks for a reply, its absence or the end of the connection.
  package var awaitsAnswer: Bool {
    rules.contains { $0.pattern != .secured && $0.pattern != .refused }
  }

  var hasNext: Bool { rules.contains { $0.outcome == .next } }

  func has(_ pattern: Pattern) -> Bool { rules.contains { $0.pattern == pattern } }

  /// Whether the answer is known only once the limit has passed: further replies matter.
  var countsReplies: Bool { has(.oneReply) || has(.twoReplies) }

  /// Whether a rule is about exactly the code of the last reply.
  func names(_ answer: Answer) -> Bool {
    guard case .replies(let replies) = answer, let code = replies.last?.code else { return false }
    return has(.code(code))
  }

  /// What the answer is worth.
  ///
  /// Uncovered answers: 421, 4yz and a lost connection are inconclusive, everything else fails.
  /// - Parameter handshake: The last one of the connection, for conditions on it.
  func judge(
    _ answer: Answer, origin: Instruction.Origin, phase: Phase,
    handshake: HandshakeView = HandshakeView()
  ) -> Judged {
    if case .unable(let reason) = answer { return Judged(verdict: .inconclusive, reason: reason) }
    if rules.isEmpty { return judgeWithoutRules(answer, origin: origin, phase: phase) }
    guard let rule = rules.first(where: { $0.pattern.matches(answer) }) else {
      return uncovered(answer, origin: origin, phase: phase)
    }
    switch rule.outcome {
    case .next: return checked(answer, Judged(verdict: nil), handshake)
    case .verdict(let verdict):
      return checked(answer, Judged(verdict: verdict, decides: hasNext), handshake)
    }
  }

  /// Steps that ask for nothing are content unless the connection failed under them.
  private func judgeWithoutRules(
    _ answer: Answer, origin: Instruction.Origin, phase: Phase
  ) -> Judged {
    switch answer {
    case .refused, .closed: uncovered(answer, origin: origin, phase: phase)
    default: Judged(verdict: .pass)
    }
  }

  private func uncovered(
    _ answer: Answer, origin: Instruction.Origin, phase: Phase
  ) -> Judged {
    if origin == .harness {
      return Judged(verdict: .inconclusive, reason: "the start state was not reached")
    }
    switch answer {
    case .closed: return Judged(verdict: .inconclusive, reason: "the connection was lost")
    case .replies(let replies):
      guard let reply = replies.last, reply.code / 100 == 4 else { return Judged(verdict: .fail) }
      return Judged(verdict: .inconclusive, reason: "the target refused for the time being")
    case .refused where phase == .connect:
      return Judged(verdict: .inconclusive, reason: "there was no connection")
    case .refused, .silence, .secured, .unable: return Judged(verdict: .fail)
    }
  }

  /// Holds the further conditions against an answer that a rule let through.
  private func checked(
    _ answer: Answer, _ judged: Judged, _ handshake: HandshakeView
  ) -> Judged {
    guard !conditions.isEmpty, judged.goesOn || judged.decides, judged.verdict != .fail,
      judged.verdict != .error, judged.verdict != .inconclusive, judged.verdict != .skipped
    else { return judged }
    for condition in conditions {
      if let unmet = condition.unmet(by: answer, handshake) {
        return Judged(verdict: otherwise, decides: hasNext, reason: unmet)
      }
    }
    return judged
  }
}

extension Expectation.Condition {
  /// nil where the answer satisfies the condition, else what it lacks.
  ///
  /// Conditions on replies look at the last one, and at nothing that is none.
  func unmet(by answer: Answer, _ handshake: HandshakeView) -> String? {
    if case .tls(let condition) = self { return condition.unmet(by: answer, handshake) }
    guard case .replies(let replies) = answer, let reply = replies.last else { return nil }
    return unmet(by: reply)
  }

  func unmet(by reply: Reply) -> String? {
    switch self {
    case .tls: return nil
    case .text(let part):
      return reply.octets.containsIgnoringCase(part)
        ? nil : "the text does not contain \"\(String(decoding: part, as: UTF8.self))\""
    case .matches(let expression):
      return Self.search(expression, in: reply.octets) {
        $0 ? nil : "it does not match \(expression)"
      }
    case .matchesNot(let expression):
      return Self.search(expression, in: reply.octets) { $0 ? "it matches \(expression)" : nil }
    case .challenge(let expression):
      guard reply.code == 334 else { return nil }
      return Self.challenge(of: reply).map { octets in
        Self.search(expression, in: octets) {
          $0 ? nil : "the challenge does not match \(expression)"
        }
      } ?? "the challenge is not base64"
    case .enhancedCode(let pattern):
      guard let code = reply.enhancedCode else { return "there is no enhanced code" }
      return EnhancedPattern.matches(pattern, code.description)
        ? nil : "the enhanced code is \(code), not \(pattern)"
    case .offers(let keyword):
      return Capabilities(helloReply: reply).offers(keyword) ? nil : "\(keyword) is not offered"
    case .offersNot(let keyword):
      return Capabilities(helloReply: reply).offers(keyword) ? "\(keyword) is offered" : nil
    }
  }
}

extension Expectation.Condition {
  /// What the base64 of a 334 stands for; nil where it is none.
  private static func challenge(of reply: Reply) -> [UInt8]? {
    do throws(SASLError) {
      return try Base64.decode(reply.challenge)
    } catch {
      return nil
    }
  }

  /// Looks for a regular expression in octets, each of them one character.
  ///
  /// - Parameter judge: what a match, or none, is worth; what keeps from looking is worth itself.
  private static func search(
    _ expression: String, in octets: [UInt8], _ judge: (Bool) -> String?
  ) -> String? {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: octets.map { Unicode.Scalar($0) })
    do {
      let regex = try Regex(expression).matchingSemantics(.unicodeScalar)
      return judge(try regex.firstMatch(in: String(scalars)) != nil)
    } catch {
      return "\(expression) cannot be looked for: \(error)"
    }
  }
}

/// Enhanced codes in which `x` stands for any number.
enum EnhancedPattern {
  static func matches(_ pattern: String, _ code: String) -> Bool {
    let wanted = pattern.split(separator: ".", omittingEmptySubsequences: false)
    let found = code.split(separator: ".", omittingEmptySubsequences: false)
    return wanted.count == found.count
      && zip(wanted, found).allSatisfy { $0 == "x" || $0 == "X" || $0 == $1 }
  }
}

extension Pattern {
  func matches(_ answer: Answer) -> Bool {
    switch answer {
    case .replies(let replies): matches(replies)
    case .closed: self == .close
    case .silence: self == .silence
    case .secured: self == .secured
    case .refused: self == .refused
    case .unable: false
    }
  }

  private func matches(_ replies: [Reply]) -> Bool {
    switch self {
    case .oneReply: replies.count == 1
    case .twoReplies: replies.count >= 2
    case .code, .codes, .codeClass, .reply: replies.first.map { matches(code: $0.code) } ?? false
    case .close, .silence, .secured, .refused: false
    }
  }

  /// Whether a single reply with this code matches, on patterns that look at codes.
  func matches(code: UInt16) -> Bool {
    switch self {
    case .code(let wanted): code == wanted
    case .codes(let first, let second):
      code / 100 == UInt16(first) && code / 10 % 10 == UInt16(second)
    case .codeClass(let wanted): code / 100 == UInt16(wanted)
    case .reply: code != 0
    case .oneReply, .twoReplies, .close, .silence, .secured, .refused: false
    }
  }
}

/// For every code the outcome that an expectation gives it, so that load judges a reply by one look.
struct CodeTable: Sendable {
  /// One octet a code from 200 to 599: 0 uncovered, 1 goes on, 2 does not.
  private let outcomes: [UInt8]
  /// Whether the code alone decides: no conditions, no counting of replies.
  let isDecisive: Bool

  init(_ expectation: Expectation) {
    isDecisive =
      expectation.conditions.isEmpty && !expectation.countsReplies && !expectation.has(.silence)
    outcomes = (200..<600).map { code in
      guard let rule = expectation.rules.first(where: { $0.pattern.matches(code: UInt16(code)) })
      else { return 0 }
      switch rule.outcome {
      case .next, .verdict(.pass), .verdict(.info), .verdict(.warn): return 1
      case .verdict: return 2
      }
    }
  }

  /// Whether the dialogue goes on after this code.
  func accepts(_ code: UInt16) -> Bool {
    let place = Int(code) - 200
    return place >= 0 && place < 400 && outcomes[place] == 1
  }
}

extension [UInt8] {
  /// Whether the octets stand in here, ASCII letter case ignored.
  package func containsIgnoringCase(_ part: [UInt8]) -> Bool {
    if part.isEmpty { return true }
    guard count >= part.count else { return false }
    return (0...(count - part.count)).contains { start in
      part.indices.allSatisfy { self[start + $0].lowercased == part[$0].lowercased }
    }
  }
}

extension UInt8 {
  fileprivate var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
