// SPDX-License-Identifier: Apache-2.0
//
// What a server offers, read from its reply to EHLO or LHLO (RFC 5321 section 4.1.1.1).

/// The extensions of an EHLO reply.
package struct Capabilities: Sendable, Equatable {
  /// The first word of the first line: the server's domain, and never a keyword, whatever it looks
  /// like.
  package private(set) var greetingDomain = ""
  /// Arguments by keyword, the keyword in upper case, the arguments as written.
  package private(set) var keywords: [String: [String]] = [:]
  /// The keyword lines as written, in order, escaped.
  package private(set) var lines: [String] = []
  package private(set) var observations: CapabilityObservations = []

  package init() {}

  /// Reads the reply to a hello; a reply that refuses it offers nothing.
  package init(helloReply reply: Reply) {
    guard reply.code / 100 == 2 else { return }
    let lines = reply.lines
    greetingDomain = lines.first.map { WireText.escaped($0.text.prefix { $0 != 32 }) } ?? ""
    var seen: Set<String> = []
    for line in lines.dropFirst() { read(line.text, seen: &seen) }
    if observations.contains(.authEquals), !seen.contains("AUTH") {
      observations.insert(.onlyAuthEquals)
    }
  }

  /// Whether an extension is offered: `PIPELINING`, or with an argument, `AUTH PLAIN`.
  ///
  /// Letter case does not matter; words match as a whole.
  package func offers(_ extensionName: String) -> Bool {
    let words = extensionName.uppercased().split(separator: " ").map(String.init)
    guard let keyword = words.first, let arguments = keywords[keyword] else { return false }
    let offered = Set(arguments.map { $0.uppercased() })
    return words.dropFirst().allSatisfy { offered.contains($0) }
  }

  /// The SASL mechanisms of AUTH, in upper case and in the server's order.
  package var authMechanisms: [String] { (keywords["AUTH"] ?? []).map { $0.uppercased() } }

  /// The fixed limit of SIZE in octets; nil where there is none, also for `SIZE 0` (RFC 1870
  /// section 3).
  package var sizeLimit: Int? {
    guard let text = keywords["SIZE"]?.first, let limit = Int(text), limit > 0 else { return nil }
    return limit
  }

  /// - Parameter seen: keywords of lines in the form that the RFC knows.
  private mutating func read(_ text: [UInt8], seen: inout Set<String>) {
    let words = text.split(separator: 32).map { WireText.escaped($0) }
    // smtp-sink ends its list with a line that names nothing.
    guard let first = words.first else { return }
    lines.append(WireText.escaped(text))
    let keyword = first.uppercased()
    // `AUTH=PLAIN LOGIN`, a custom from before RFC 2554, stands for `AUTH PLAIN LOGIN` (F016).
    if keyword.hasPrefix("AUTH=") {
      add(keyword: "AUTH", mechanisms([String(first.dropFirst(4))] + words.dropFirst()))
      return
    }
    if !Self.isKeyword(keyword) { observations.insert(.badSyntax) }
    if !seen.insert(keyword).inserted { observations.insert(.duplicate) }
    let arguments = Array(words.dropFirst())
    add(keyword: keyword, keyword == "AUTH" ? mechanisms(arguments) : arguments)
  }

  /// Names of mechanisms, without an equals sign in front of one.
  private mutating func mechanisms(_ words: [String]) -> [String] {
    words.compactMap { word in
      guard word.hasPrefix("=") else { return word }
      observations.insert(.authEquals)
      let name = word.drop { $0 == "=" }
      return name.isEmpty ? nil : String(name)
    }
  }

  private mutating func add(keyword: String, _ arguments: [String]) {
    var known = keywords[keyword] ?? []
    var seen = Set(known.map { $0.uppercased() })
    known += arguments.filter { seen.insert($0.uppercased()).inserted }
    keywords[keyword] = known
  }

  /// A letter or digit, then letters, digits and hyphens (RFC 5321 section 4.1.1.1).
  private static func isKeyword(_ keyword: String) -> Bool {
    keyword.utf8.first != 45
      && keyword.utf8.allSatisfy { OctetClass.isLetterOrDigit($0) || $0 == 45 }
  }
}

/// Facts about the form of a capability list.
package struct CapabilityObservations: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Mechanisms behind an equals sign are present, as in `AUTH=PLAIN`.
  package static let authEquals = Self(rawValue: 1)
  /// Mechanisms are offered by an `AUTH=…` line alone.
  package static let onlyAuthEquals = Self(rawValue: 2)
  /// A keyword that the grammar does not allow.
  package static let badSyntax = Self(rawValue: 4)
  /// A keyword on more than one line; an `AUTH=…` line beside one of AUTH does not count.
  package static let duplicate = Self(rawValue: 8)
}
