// SPDX-License-Identifier: Apache-2.0
//
// Looks at everything that a session has recorded and keeps, for each invariant, how much was looked
// at and where it was first broken.

import DialogueEngine
package import RunRecord
package import SMTPTransport
import SMTPWire
import ScenarioLanguage

/// What was seen of the invariants.
package struct InvariantBook: Sendable {
  /// Replies looked at.
  package private(set) var replies = 0
  /// Replies that had to carry an enhanced code.
  package private(set) var enhancedReplies = 0
  /// Pairs of EHLO replies that were compared.
  package private(set) var comparedLists = 0
  private var breaches: [Invariant: [Breach]] = [:]
  private var counts: [Invariant: Int] = [:]
  private var transcripts: [Invariant: [String]] = [:]

  /// Places kept for each invariant; further ones are counted.
  private static let kept = 5
  private static let transcriptLines = 60

  package init() {}

  /// Adds a finished session.
  package mutating func add(_ report: DialogueReport) {
    let found = look(at: report)
    let transcript = found.isEmpty ? [] : report.transcript?.render() ?? []
    for breach in found { note(breach, transcript: transcript) }
  }

  package mutating func merge(_ other: InvariantBook) {
    replies += other.replies
    enhancedReplies += other.enhancedReplies
    comparedLists += other.comparedLists
    for (invariant, count) in other.counts { counts[invariant, default: 0] += count }
    for (invariant, found) in other.breaches {
      let known = breaches[invariant, default: []]
      breaches[invariant] = Array((known + found).prefix(Self.kept))
      if known.isEmpty { transcripts[invariant] = other.transcripts[invariant] }
    }
  }

  /// The book with the id of the check put before every place.
  package func of(check id: String) -> InvariantBook {
    var book = self
    book.breaches = breaches.mapValues { found in
      found.map { Breach($0.invariant, at: "\(id): \($0.place)", actual: $0.actual) }
    }
    return book
  }

  /// The invariants that were broken.
  package var broken: Set<Invariant> { Set(counts.keys) }

  private mutating func note(_ breach: Breach, transcript: [String]) {
    counts[breach.invariant, default: 0] += 1
    if breaches[breach.invariant] == nil {
      transcripts[breach.invariant] = Array(transcript.prefix(Self.transcriptLines))
    }
    guard breaches[breach.invariant, default: []].count < Self.kept else { return }
    breaches[breach.invariant, default: []].append(breach)
  }
}

// MARK: - Looking

extension InvariantBook {
  private mutating func look(at report: DialogueReport) -> [Breach] {
    let usesUTF8 = report.steps.contains { $0.label.uppercased().contains("SMTPUTF8") }
    return formBreaches(in: report.observations, usesUTF8: usesUTF8)
      + unaskedBreaches(in: report.record) + stepBreaches(in: report.steps)
  }

  private func formBreaches(in observations: [Observation], usesUTF8: Bool) -> [Breach] {
    observations.flatMap { observation -> [Breach] in
      guard let reply = observation.reply,
        observation.kind == .malformedReply || observation.kind == .invalidCode
      else { return [] }
      var broken = Invariant.broken(by: reply)
      // A code below 200 is noticed on its own, with or without something else.
      if observation.kind == .invalidCode { broken = [.grammar] }
      if usesUTF8, reply.observations.isDisjoint(with: [.nul, .controlOctet]) {
        broken.removeAll { $0 == .text }  // RFC 6531 section 3.7.4.2 allows UTF-8 then.
      }
      return broken.map {
        Breach($0, at: "a reply", actual: observation.text)
      }
    }
  }

  private func unaskedBreaches(in record: DialogueRecord) -> [Breach] {
    var found: [Breach] = []
    if let desync = record.desync {
      found.append(Breach(.oneReply, at: "the session", actual: desync.description))
    }
    for observation in record.observations {
      guard observation.kind == .closingNotice || observation.kind == .idleClose,
        let reply = observation.reply, reply.code != 421
      else { continue }
      found.append(Breach(.nothingUnasked, at: "the end", actual: observation.text))
    }
    return found
  }

  private mutating func stepBreaches(in steps: [StepOutcome]) -> [Breach] {
    var found: [Breach] = []
    var offersCodes = false
    var lists: [String]?
    for step in steps {
      if step.phase == .connect { offersCodes = false }
      // Another state of the session, in which another list is right (RFC 3207 section 4.2).
      if [.connect, .starttls, .auth].contains(step.phase) { lists = nil }
      guard case .replies(let answers) = step.answer else { continue }
      replies += answers.count
      if step.phase == .ehlo {
        guard let reply = answers.last, reply.code == 250,
          step.label.uppercased().hasPrefix("E")
            || step.label.uppercased().hasPrefix("L")
        else { continue }
        let capabilities = Capabilities(helloReply: reply)
        offersCodes = capabilities.offers("ENHANCEDSTATUSCODES")
        let list = capabilities.lines.sorted()
        if let earlier = lists { found += compare(earlier, list, at: step) }
        lists = list
      } else if step.phase != .greeting, offersCodes {
        for reply in answers {
          enhancedReplies += 1
          found += Invariant.brokenByEnhancedCodes(of: reply).map {
            Breach($0, at: step.label, actual: reply.oneLine)
          }
        }
      }
    }
    return found
  }

  private mutating func compare(
    _ earlier: [String], _ later: [String], at step: StepOutcome
  ) -> [Breach] {
    comparedLists += 1
    guard earlier != later else { return [] }
    let gone = earlier.filter { !later.contains($0) }.map { "-\($0)" }
    let new = later.filter { !earlier.contains($0) }.map { "+\($0)" }
    return [
      Breach(.stableCapabilities, at: step.label, actual: (gone + new).joined(separator: ", "))
    ]
  }
}

// MARK: - Records

extension InvariantBook {
  /// One record for each invariant that there was something to hold against.
  package var records: [CheckRecord] {
    guard replies > 0 else { return [] }
    return Invariant.allCases.compactMap(record(of:))
  }

  private func record(of invariant: Invariant) -> CheckRecord? {
    var record = CheckRecord(
      id: invariant.id, title: invariant.title, verdict: Verdict.pass.rawValue,
      requirements: invariant.requirements)
    switch invariant {
    case .enhancedPresent, .enhancedClass:
      guard enhancedReplies > 0 else { return nil }
      record.measured = ["replies looked at": String(enhancedReplies)]
    case .stableCapabilities:
      guard comparedLists > 0 else { return nil }
      record.measured = ["lists compared": String(comparedLists)]
    default: record.measured = ["replies looked at": String(replies)]
    }
    guard let found = breaches[invariant], let first = found.first else { return record }
    record.verdict = invariant.verdict.rawValue
    record.expected = invariant.title
    record.actual = first.actual
    let number = counts[invariant] ?? found.count
    let more = number > 1 ? " (and \(number - 1) more)" : ""
    record.reason = "first at \(first.place)\(more)"
    record.transcriptLines = transcripts[invariant] ?? []
    return record
  }
}
