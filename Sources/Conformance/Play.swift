// SPDX-License-Identifier: Apache-2.0
//
// What the dialogues of one check came to, gathered while they end one by one.

import DialogueEngine
import RunRecord
import SMTPTransport
import ScenarioLanguage
import Synchronization

/// Findings, counts and transcripts of a check.
struct Play: Sendable {
  private(set) var finding: Finding?
  /// By session name.
  private(set) var books: [String: SessionBook] = [:]
  /// The dialogue that decided; of equals, the one that saw most of the target.
  private(set) var report: DialogueReport?
  private(set) var wasReached = false
  private(set) var invariants = InvariantBook()
  /// What kept a dialogue from being judged, where that may be the target's mood and not its rules.
  private(set) var mood: TargetMood = .even
  private var measured: [String: Int64] = [:]
  private var transcripts: [Excerpt] = []

  /// A dialogue's transcript, to be shown if it matters.
  private struct Excerpt {
    var place: String?
    var weight: Int
    var lines: [String]
  }

  /// Transcripts kept; of those that weigh least, the latest go first.
  private static let transcripts = 10
  /// Lines of all transcripts together.
  private static let lines = 5_000

  mutating func nextStep(of session: String) { books[session, default: SessionBook()].nextStep() }

  /// Adds a finished dialogue.
  ///
  /// - Parameters:
  ///   - place: What to call the dialogue where there are several.
  ///   - decides: Whether its verdict is one of the check; a canary's is judged by counts alone.
  mutating func add(
    _ report: DialogueReport, session: String, place: String?, decides: Bool = true
  ) {
    let facts = DialogueFacts(of: report.record, ending: report.ending)
    books[session, default: SessionBook()].add(facts)
    if report.record.connections > 0 { wasReached = true }
    measured.merge(report.record.measured) { max($0, $1) }
    invariants.add(report)
    mood = max(mood, TargetMood(of: report))
    let finding = place.map { facts.finding.at($0) } ?? facts.finding
    if let lines = report.transcript?.render(), !lines.isEmpty {
      keep(Excerpt(place: place, weight: finding.verdict.weight, lines: lines))
    }
    if self.report == nil || report.record.capabilities != nil { self.report = report }
    if decides { note(finding) }
  }

  /// Adds a duration that belongs to no dialogue.
  mutating func note(_ nanoseconds: Int64, as name: String) {
    measured.merge([name: nanoseconds]) { max($0, $1) }
    books["main", default: SessionBook()].add(
      DialogueFacts(
        finding: Finding(.pass), connections: 0, wasGreeted: false, measured: [name: nanoseconds]))
  }

  /// Adds a finding that belongs to no dialogue.
  mutating func note(_ finding: Finding) {
    self.finding = self.finding?.combined(with: finding) ?? finding
  }

  /// Adds another part of the check, with a place put before its finding.
  ///
  /// - Parameter decides: Whether its finding is one of the check.
  mutating func merge(_ part: Play, at place: String?, decides: Bool = true) {
    if decides, let found = part.finding { note(place.map { found.at($0) } ?? found) }
    for (name, book) in part.books { books[name, default: SessionBook()].merge(book) }
    if report == nil || part.report?.record.capabilities != nil { report = part.report ?? report }
    wasReached = wasReached || part.wasReached
    measured.merge(part.measured) { max($0, $1) }
    invariants.merge(part.invariants)
    mood = max(mood, part.mood)
    for var excerpt in part.transcripts {
      let names = [place, excerpt.place].compactMap { $0 }
      excerpt.place = names.isEmpty ? nil : names.joined(separator: ": ")
      keep(excerpt)
    }
  }

  /// Writes everything into the record of the check.
  func note(into record: inout CheckRecord) {
    let finding =
      finding ?? Finding(.inconclusive, reason: "no session of the check came to an end")
    record.verdict = finding.verdict.rawValue
    record.expected = finding.expected
    record.actual = finding.actual
    record.reason = finding.reason
    record.reached = wasReached
    for (name, nanoseconds) in measured { record.measured[name] = DurationText.of(nanoseconds) }
    record.transcriptLines = transcriptLines
  }

  private var transcriptLines: [String] {
    var lines: [String] = []
    for excerpt in transcripts {
      if let place = excerpt.place { lines.append("=== \(place)") }
      lines += excerpt.lines
    }
    guard lines.count > Self.lines else { return lines }
    return lines.prefix(Self.lines) + ["=== \(lines.count - Self.lines) further lines left out"]
  }

  private mutating func keep(_ excerpt: Excerpt) {
    transcripts.append(excerpt)
    guard transcripts.count > Self.transcripts,
      let lightest = transcripts.map(\.weight).min(),
      let place = transcripts.lastIndex(where: { $0.weight == lightest })
    else { return }
    transcripts.remove(at: place)
  }
}

/// Durations as evidence shows them.
enum DurationText {
  /// Milliseconds with a tenth, seconds with a hundredth.
  static func of(_ nanoseconds: Int64) -> String {
    let tenths = (Double(nanoseconds) / 100_000).rounded()
    return tenths < 10_000
      ? "\(tenths / 10) ms" : "\((Double(nanoseconds) / 10_000_000).rounded() / 100) s"
  }
}

/// Tells repeated sessions that those they accompany are done.
final class DoneFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() { flag.store(true, ordering: .relaxed) }

  /// Waits until then, or until the flag is set or the task cancelled.
  func wait(until end: ContinuousClock.Instant) async {
    let clock = ContinuousClock()
    while !isSet, clock.now < end {
      // Short enough not to hold up the end of a check.
      let slice = min(end, clock.now + .milliseconds(50))
      do { try await clock.sleep(until: slice) } catch { return }
    }
  }
}
