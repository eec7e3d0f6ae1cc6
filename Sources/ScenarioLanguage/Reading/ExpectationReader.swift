// SPDX-License-Identifier: Apache-2.0
//
// Reads what a step expects: a pattern, or a map from verdicts to patterns with conditions beside.

import JSONText

extension Pattern {
  /// The patterns that are words.
  static let words: [(word: String, pattern: Pattern)] = [
    ("close", .close), ("silence", .silence), ("reply", .reply), ("one reply", .oneReply),
    ("two replies", .twoReplies), ("refused", .refused), ("secured", .secured),
  ]

  /// `250`, `25x`, `2xx` or one of the words; nil for anything else.
  ///
  /// The first digit is one that replies have, 2 to 5 (RFC 5321 section 4.2.1).
  package init?(_ text: String) {
    if let known = Self.words.first(where: { $0.word == text }) {
      self = known.pattern
      return
    }
    let digits = text.utf8.map { Int($0) - 0x30 }
    let any = Int(UInt8(ascii: "x")) - 0x30
    guard digits.count == 3, (2...5).contains(digits[0]) else { return nil }
    switch (digits[1], digits[2]) {
    case (any, any): self = .codeClass(UInt8(digits[0]))
    case (0...9, any): self = .codes(UInt8(digits[0]), UInt8(digits[1]))
    case (0...9, 0...9): self = .code(UInt16(digits[0] * 100 + digits[1] * 10 + digits[2]))
    default: return nil
    }
  }

  /// The pattern as scripts write it.
  package var text: String {
    switch self {
    case .code(let code): "\(code)"
    case .codes(let first, let second): "\(first)\(second)x"
    case .codeClass(let first): "\(first)xx"
    case .reply, .oneReply, .twoReplies, .close, .silence, .secured, .refused:
      Self.words.first { $0.pattern == self }?.word ?? ""
    }
  }

  /// Whether only the passing of time can tell that it holds.
  var needsLimit: Bool { [.silence, .oneReply, .twoReplies].contains(self) }
}

extension ScriptReader {
  /// Reads `expect`; nil where it is absent or wrong.
  func expectation(_ value: JSONValue?) -> Expectation? {
    guard let value else { return nil }
    if let text = value.string {
      return finished(rules(text, .verdict(.pass), at: value.position))
    }
    guard value.members != nil else {
      return diagnosis.mismatch(
        value, "expect", "a pattern such as \"250|251\" or an object from verdicts to patterns")
    }
    guard let fields = Fields(value, Vocabulary.expectation, diagnosis) else { return nil }
    var all: [Expectation.Rule] = []
    for key in Vocabulary.expectation.keys.prefix(7) {
      guard let pattern = fields[key], let text = diagnosis.string(pattern, key) else { continue }
      let outcome = Verdict(rawValue: key).map { Expectation.Outcome.verdict($0) } ?? .next
      for rule in rules(text, outcome, at: pattern.position) {
        if all.contains(where: { $0.pattern == rule.pattern }) {
          diagnosis.note(
            pattern.position, "\"\(rule.pattern.text)\" stands under two verdicts of one \"expect\""
          )
        }
        all.append(rule)
      }
    }
    if !fields.shape.keys.prefix(7).contains(where: fields.has) {
      diagnosis.note(
        fields.position,
        "\"expect\" needs a pattern under a verdict, for example \"pass\": \"250\"")
    }
    let conditions = conditions(fields)
    if fields.has("otherwise"), conditions.isEmpty {
      diagnosis.note(
        fields.place(of: "otherwise"),
        "\"otherwise\" needs a condition: text, matches, matches-not, challenge, enhanced, offers, offers-not or tls"
      )
    }
    var expectation = finished(all)
    expectation.conditions = conditions
    expectation.otherwise = scriptVerdict(fields["otherwise"], "otherwise") ?? .fail
    return expectation
  }

  /// A verdict that a script may give; `error` is the harness's own.
  func scriptVerdict(_ value: JSONValue?, _ what: String) -> Verdict? {
    guard let value, let text = diagnosis.string(value, what) else { return nil }
    if let verdict = Verdict(rawValue: text), verdict != .error { return verdict }
    diagnosis.noteUnknown(
      "verdict", text, at: value.position, among: Vocabulary.verdict.keys)
    return nil
  }

  /// The rules of `250|251`.
  private func rules(
    _ text: String, _ outcome: Expectation.Outcome, at position: SourcePosition
  ) -> [Expectation.Rule] {
    text.split(separator: "|", omittingEmptySubsequences: false).compactMap { part in
      let word = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      if let pattern = Pattern(String(word)) {
        return Expectation.Rule(pattern: pattern, outcome: outcome)
      }
      // RFC 5321 writes classes as 2yz.
      let digits = String(word.map { $0 == "y" || $0 == "z" ? "x" : $0 })
      if word.count == 3, Pattern(digits) != nil {
        diagnosis.note(position, "unknown pattern \"\(String(word))\"", suggestion: digits)
      } else {
        diagnosis.noteUnknown(
          "pattern", String(word), at: position,
          among: ["250", "25x", "2xx", "3xx", "4xx", "5xx"] + Pattern.words.map(\.word))
      }
      return nil
    }
  }

  /// The most specific first; equals stay as written.
  private func finished(_ rules: [Expectation.Rule]) -> Expectation {
    let sorted = rules.enumerated().sorted { left, right in
      let (first, second) = (left.element.pattern.specificity, right.element.pattern.specificity)
      return first != second ? first > second : left.offset < right.offset
    }
    return Expectation(rules: sorted.map(\.element))
  }

  private func conditions(_ fields: Fields) -> [Expectation.Condition] {
    var conditions: [Expectation.Condition] = []
    if let text = diagnosis.words(fields["text"], "text") {
      conditions.append(.text(contains: Array(text.utf8)))
    }
    conditions += expression(fields["matches"], "matches").map { [.matches($0)] } ?? []
    conditions += expression(fields["matches-not"], "matches-not").map { [.matchesNot($0)] } ?? []
    conditions += expression(fields["challenge"], "challenge").map { [.challenge($0)] } ?? []
    if let value = fields["enhanced"], let text = diagnosis.string(value, "enhanced") {
      if isEnhancedPattern(text) {
        conditions.append(.enhancedCode(text))
      } else {
        diagnosis.note(
          value.position,
          "\"enhanced\" is an enhanced status code such as \"5.1.1\" or \"5.x.x\", not \"\(text)\"")
      }
    }
    conditions += keywords(fields["offers"], "offers").map { .offers($0) }
    conditions += keywords(fields["offers-not"], "offers-not").map { .offersNot($0) }
    conditions += tlsConditions(fields["tls"]).map { .tls($0) }
    return conditions
  }

  /// A regular expression; CR and LF in it become the escapes that stand for them, since together
  /// they would count as one character.
  func expression(_ value: JSONValue?, _ what: String) -> String? {
    guard let value, let text = diagnosis.words(value, what) else { return nil }
    var expression = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": expression += "\\r"
      case "\n": expression += "\\n"
      default: expression.unicodeScalars.append(scalar)
      }
    }
    do {
      _ = try Regex(expression)
      return expression
    } catch {
      diagnosis.note(
        value.position,
        "\"\(what)\" is a regular expression, not \"\(Escaped.text(text))\": \(error)")
      return nil
    }
  }

  /// `class.subject.detail`, each a number of at most three digits or `x` (RFC 3463 section 2).
  private func isEnhancedPattern(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && ["2", "4", "5", "x"].contains(parts[0])
      && parts.allSatisfy { $0 == "x" || $0.count <= 3 && Quantity.wholeNumber($0) != nil }
  }

  /// EHLO keywords in upper case, each with an argument where one follows.
  func keywords(_ value: JSONValue?, _ what: String) -> [String] {
    diagnosis.list(value, what) { element in
      guard let text = diagnosis.string(element, what) else { return nil }
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      let isKeyword =
        words.count <= 2
        && words.allSatisfy { word in
          !word.isEmpty && word.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
      guard isKeyword else {
        diagnosis.note(
          element.position,
          "\"\(what)\" lists EHLO keywords such as \"SIZE\" or \"AUTH PLAIN\", not \"\(Escaped.text(text))\""
        )
        return nil
      }
      return text.uppercased()
    }
  }
}
