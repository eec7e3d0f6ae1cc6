// SPDX-License-Identifier: Apache-2.0
//
// Expectations and answers in words, for evidence.

package import SMTPWire
package import ScenarioLanguage

extension Expectation {
  /// The acceptable answers: `2xx`, or `pass 503|554; warn 5xx; fail 354`.
  package var words: String {
    let groups: [(String, Outcome)] =
      Verdict.allCases.map { ($0.rawValue, .verdict($0)) } + [("next", .next)]
    let parts = groups.compactMap { name, outcome -> String? in
      let patterns = rules.filter { $0.outcome == outcome }.map(\.pattern.words)
      return patterns.isEmpty ? nil : "\(name) \(patterns.joined(separator: "|"))"
    }
    var text = parts.joined(separator: "; ")
    if parts.count == 1, text.hasPrefix("pass ") { text.removeFirst("pass ".count) }
    for condition in conditions { text += ", \(condition.words)" }
    return text
  }
}

extension Expectation.Condition {
  package var words: String {
    switch self {
    case .text(let part): "text with \"\(String(decoding: part, as: UTF8.self))\""
    case .matches(let expression): "text that matches \(expression)"
    case .matchesNot(let expression): "text that does not match \(expression)"
    case .challenge(let expression): "challenge that matches \(expression)"
    case .enhancedCode(let code): "enhanced code \(code)"
    case .offers(let keyword): "offers \(keyword)"
    case .offersNot(let keyword): "does not offer \(keyword)"
    case .tls(let condition): condition.words
    }
  }
}

extension Pattern {
  /// The pattern as a script writes it.
  package var words: String {
    switch self {
    case .code(let code): "\(code)"
    case .codes(let first, let second): "\(first)\(second)x"
    case .codeClass(let first): "\(first)xx"
    case .reply: "reply"
    case .oneReply: "one reply"
    case .twoReplies: "two replies"
    case .close: "close"
    case .silence: "silence"
    case .secured: "secured"
    case .refused: "refused"
    }
  }
}

extension Answer: CustomStringConvertible {
  /// One line: the replies as received and escaped, or what happened instead.
  package var description: String {
    switch self {
    case .replies(let replies): replies.map(\.oneLine).joined(separator: "; ")
    case .closed(let end): "connection \(end)"
    case .silence(let nanoseconds): "no reply within \(Seconds.text(nanoseconds))"
    case .secured(let facts): "TLS established: \(facts)"
    case .refused(let reason): reason
    case .unable(let reason): reason
    }
  }
}

extension Reply {
  /// All lines of the reply, escaped and divided by ` / `, cut where they are very long.
  package var oneLine: String {
    let text = OctetText.lines(of: octets).joined(separator: " / ")
    return text.isEmpty ? "(empty line)" : OctetText.shortened(text, to: 600)
  }

  /// The text of the last line without code and enhanced code.
  var lastMessage: [UInt8] { lines.last?.message ?? [] }

  /// What stands behind `334 `.
  var challenge: [UInt8] { lines.last?.text ?? [] }
}

/// Durations as people read them.
enum Seconds {
  static func text(_ nanoseconds: Int64) -> String {
    if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000) s" }
    if nanoseconds >= 1_000_000_000 {
      let tenths = nanoseconds / 100_000_000
      return "\(tenths / 10).\(tenths % 10) s"
    }
    return "\(nanoseconds / 1_000_000) ms"
  }
}
