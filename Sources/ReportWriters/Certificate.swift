// SPDX-License-Identifier: Apache-2.0
//
// What a certificate says, worked out from a record: verdicts by RFC, section and level, findings with
// their places, reasons for what could not be judged. The three forms of it only set this in type.

import RunRecord

/// The content of a certificate.
struct Certificate {
  let record: RunRecord
  let facts: CertificateRecord
  let rows: SummaryRows
  private let requirements: [String: RequirementRecord]

  /// nil where the record is none of a certification.
  init?(of record: RunRecord) {
    guard let facts = record.certificate else { return nil }
    self.record = record
    self.facts = facts
    rows = SummaryRows(record: record)
    requirements = Dictionary(
      facts.requirements.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// How much a check is worth: the strongest word of the rules that it proves.
  enum Level: String, CaseIterable {
    case must = "MUST"
    case should = "SHOULD"
    case other
  }

  func level(of check: CheckRecord) -> Level {
    let words = check.requirements.compactMap { requirements[$0]?.level }
    if words.contains(where: { $0.hasPrefix("MUST") }) { return .must }
    if words.contains(where: { $0.hasPrefix("SHOULD") }) { return .should }
    return .other
  }

  /// The rules that a check proves, `RFC 5321 section 4.1.1.5 (MUST): RSET clears`.
  func rules(of check: CheckRecord) -> [String] {
    check.requirements.map { id in
      guard let rule = requirements[id] else { return id }
      return "RFC \(rule.rfc) section \(rule.section) (\(rule.level)): \(rule.title)"
    }
  }
}

// MARK: - The table

extension Certificate {
  /// Verdicts counted.
  struct Counts {
    private(set) var byWord: [String: Int] = [:]
    var total: Int { byWord.values.reduce(0, +) }

    static let words = ["pass", "info", "warn", "waived", "fail", "inconclusive", "skipped"]

    init(_ checks: [CheckRecord]) {
      for check in checks {
        // An error of ours leaves open what the target does.
        let word = check.standing == "error" ? "inconclusive" : check.standing
        byWord[word, default: 0] += 1
      }
    }

    subscript(word: String) -> Int { byWord[word] ?? 0 }

    /// The counts in the order of `words`, an empty text for none.
    var cells: [String] {
      Self.words.map { self[$0] == 0 ? "" : Figures.count(self[$0]) }
    }
  }

  /// One section of an RFC, or a group of entries that belong to none.
  struct Section {
    var place: CheckPlace
    var checks: [CheckRecord]
  }

  /// All sections of one RFC.
  struct Chapter {
    var name: String
    var sections: [Section]
    var checks: [CheckRecord] { sections.flatMap(\.checks) }
    /// `RFC 5321, SMTP`.
    var title: String { name + (sections.first?.place.subject.map { ", \($0)" } ?? "") }
  }

  /// The checks by RFC and section, in the order of their numbers; what is of no RFC comes last.
  var chapters: [Chapter] {
    var sections: [String: Section] = [:]
    for check in record.checks where !check.id.hasPrefix("waivers/") {
      let place = CheckPlace(id: check.id)
      sections[place.folder, default: Section(place: place, checks: [])].checks.append(check)
    }
    let ordered = sections.values.sorted { CheckPlace.precedes($0.place, $1.place) }
    var chapters: [Chapter] = []
    for section in ordered {
      if chapters.last?.name == section.place.chapter {
        chapters[chapters.count - 1].sections.append(section)
      } else {
        chapters.append(Chapter(name: section.place.chapter, sections: [section]))
      }
    }
    return chapters
  }

  /// The levels of which the checks have any, with the checks of each.
  func levels(of checks: [CheckRecord]) -> [(level: Level, checks: [CheckRecord])] {
    Level.allCases.compactMap { level in
      let own = checks.filter { self.level(of: $0) == level }
      return own.isEmpty ? nil : (level, own)
    }
  }
}

// MARK: - Findings

extension Certificate {
  /// One check that did not simply pass, at all places where it ended alike.
  struct Finding {
    /// The first of them; its evidence stands for all.
    var check: CheckRecord
    /// Roles and gates, `relay, TLS`.
    var places: [String]
  }

  /// What a place is called where it matters: the role where there are several, and the gate.
  func place(of check: CheckRecord) -> String {
    let role = record.target.role.contains(",") ? check.role : nil
    return [role, check.gate].compactMap(\.self).joined(separator: " ")
  }

  /// Findings with one of these marks, security first, the gravest first, then by section.
  func findings(_ marks: Set<String>) -> [Finding] {
    var found: [Finding] = []
    var places: [String: Int] = [:]
    for check in record.checks where marks.contains(check.standing) && !isStaleWaiver(check) {
      let key = [check.id, check.standing, check.expected ?? "", check.actual ?? ""]
        .joined(separator: "\u{0}")
      let place = place(of: check)
      if let known = places[key] {
        if !place.isEmpty { found[known].places.append(place) }
      } else {
        places[key] = found.count
        found.append(Finding(check: check, places: place.isEmpty ? [] : [place]))
      }
    }
    let order = found.enumerated().sorted { left, right in
      let (one, other) = (weight(of: left.element.check), weight(of: right.element.check))
      if one != other { return one > other }
      let (first, second) = (
        CheckPlace(id: left.element.check.id), CheckPlace(id: right.element.check.id)
      )
      if first.folder != second.folder { return CheckPlace.precedes(first, second) }
      return left.offset < right.offset
    }
    return order.map(\.element)
  }

  /// What would have passed, without the marks of the scenario language.
  func expected(of check: CheckRecord) -> String? {
    guard let expected = check.expected else { return nil }
    let parts = expected.split(separator: "; ").map(String.init)
    guard parts.contains(where: { $0.hasPrefix("pass ") }) else { return expected }
    let words = parts.compactMap { part -> String? in
      if part.hasPrefix("pass ") { return String(part.dropFirst(5)) }
      return part.hasPrefix("warn ") ? "\(part.dropFirst(5)) with a warning" : nil
    }
    return words.joined(separator: "; ").replacing("|", with: " or ")
  }

  /// What came, with the replies that came unasked before an end.
  func actual(of check: CheckRecord) -> String? {
    guard let actual = check.actual else { return nil }
    let marks = TranscriptMarks(check.transcriptLines, verdict: check.verdict, actual: actual)
    let missing = marks.unasked.filter { !actual.contains($0) }
    return missing.isEmpty ? actual : "\(actual), after \(missing.joined(separator: "; "))"
  }

  private func weight(of check: CheckRecord) -> Int {
    let severities = ["low", "medium", "high", "critical"]
    let severity = check.severity.flatMap { severities.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    let level: [Level: Int] = [.must: 2, .should: 1, .other: 0]
    let isFailure = ["fail", "error"].contains(check.standing)
    return (isFailure ? 1000 : 0) + severity * 10 + (level[self.level(of: check)] ?? 0)
  }

  private func isStaleWaiver(_ check: CheckRecord) -> Bool { check.id.hasPrefix("waivers/") }

  /// Why checks could not be judged, the commonest reason first, with the ids of the checks.
  var unjudged: [(reason: String, ids: [String])] {
    var order: [String] = []
    var ids: [String: [String]] = [:]
    for check in record.checks where ["skipped", "inconclusive"].contains(check.standing) {
      let reason = cause(of: check)
      if ids[reason] == nil { order.append(reason) }
      if !(ids[reason] ?? []).contains(check.id) { ids[reason, default: []].append(check.id) }
    }
    return order.map { ($0, ids[$0] ?? []) }.sorted { $0.1.count > $1.1.count }
  }

  /// Characters of an answer that stands for a reason.
  private static let longestAnswer = 80

  /// The reason without the step at which it turned up.
  private func cause(of check: CheckRecord) -> String {
    let reason = check.reason ?? ""
    let parts = reason.split(separator: ", line ", maxSplits: 1)
    guard parts.count == 2 else {
      return reason.isEmpty ? "no reason was given" : reason
    }
    let rest = parts[1].drop(while: \.isNumber)
    if rest.hasPrefix(": ") { return String(rest.dropFirst(2)) }
    guard let actual = check.actual else { return reason }
    let shown = actual.count > Self.longestAnswer ? actual.prefix(Self.longestAnswer) + "…" : actual
    return "an answer that leaves nothing to judge: \(shown)"
  }

  var staleWaivers: [WaiverRecord] { facts.waivers.filter { $0.state == .stale } }

  /// Facts that checks have measured: the check's title, the name, and the value.
  var measurements: [(title: String, place: String, name: String, value: String)] {
    record.checks.filter { !$0.id.hasPrefix("invariants/") }.flatMap { check in
      check.measured.sorted { $0.key < $1.key }.map {
        (check.title, place(of: check), $0.key, $0.value)
      }
    }
  }
}

// MARK: - The sentence

extension Certificate {
  enum Outcome: String {
    case pass
    case fail
    case warn
  }

  var name: String {
    let target = record.target
    return target.name.isEmpty ? "The target" : target.name
  }

  /// The verdict of the whole in one sentence, and how good it is.
  var sentence: (outcome: Outcome, text: String) {
    if record.interrupted {
      return (.warn, "Stopped before its end: this is no certificate.")
    }
    let judged = record.checks.filter {
      ["pass", "info", "warn", "fail"].contains($0.verdict) && $0.id.hasPrefix("rfc")
    }
    guard !judged.isEmpty else {
      let why = facts.shutOut.first ?? unjudged.first?.reason ?? "nothing was judged"
      return (.warn, "\(name) could not be judged: \(why).")
    }
    let broken = findings(["fail"])
    let waived = Set(findings(["waived"]).map(\.check.id)).count
    let limits = facts.shutOut.isEmpty ? "" : " It turned us away before the end."
    let all = Set(judged.map(\.id)).count
    if broken.isEmpty {
      let warned = Set(findings(["warn"]).map(\.check.id)).count
      let warning = warned == 0 ? "" : ", \(Figures.count(warned)) of them with a warning"
      let beyond = waived == 0 ? "" : " beyond \(Self.count(waived, "known failure")), waived here"
      return (
        facts.shutOut.isEmpty ? .pass : .warn,
        "\(name) breaks no rule\(beyond). \(Self.count(all, "check")) came to a verdict"
          + "\(warning).\(limits)"
      )
    }
    let waiving = waived == 0 ? "" : "; \(Self.count(waived, "known failure")) waived"
    let ids = Set(broken.map(\.check.id))
    let secure = broken.filter { $0.check.severity != nil }
    let gravest = secure.first?.check.severity ?? ""
    let security =
      secure.isEmpty
      ? ""
      : "; \(Self.count(Set(secure.map(\.check.id)).count, "finding")) of security, "
        + "the gravest of severity \(gravest)"
    return (
      .fail,
      "\(name) fails \(ids.count) of \(Figures.count(all)) checks\(security)\(waiving).\(limits)"
    )
  }

  private static func count(_ number: Int, _ thing: String) -> String {
    "\(Figures.count(number)) \(thing)\(number == 1 ? "" : "s")"
  }

  /// `228 checks, 351 verdicts: 249 pass, …`.
  var tally: String {
    let checks = record.checks.filter { $0.id.hasPrefix("rfc") }
    let ids = Set(checks.map(\.id)).count
    let counts = Counts(record.checks)
    let parts = Counts.words.filter { counts[$0] > 0 }.map { "\(Figures.count(counts[$0])) \($0)" }
    return "\(Self.count(ids, "check")), \(Self.count(record.checks.count, "verdict")): "
      + parts.joined(separator: ", ")
  }
}
