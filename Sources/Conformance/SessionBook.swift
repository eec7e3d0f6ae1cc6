// SPDX-License-Identifier: Apache-2.0
//
// What the copies of one named session did, counted, and the conditions that a scenario puts on
// those counts. Pure values.

package import DialogueEngine
import SMTPWire
package import ScenarioLanguage

/// What one dialogue did, as far as conditions ask for it.
package struct DialogueFacts: Sendable {
  package var finding: Finding
  /// Connections that were opened.
  package var connections: Int
  package var wasGreeted: Bool
  /// How the target refused the connection; nil where it did not.
  package var refusal: String?
  /// Durations in nanoseconds by the name that the script gives them.
  package var measured: [String: Int64]

  package init(
    finding: Finding, connections: Int = 1, wasGreeted: Bool = true, refusal: String? = nil,
    measured: [String: Int64] = [:]
  ) {
    self.finding = finding
    self.connections = connections
    self.wasGreeted = wasGreeted
    self.refusal = refusal
    self.measured = measured
  }

  /// Reads the facts off a record.
  package init(of record: DialogueRecord, ending: SessionEnding) {
    let greeting = record.greeting
    self.init(
      finding: Finding(of: record, ending: ending), connections: record.connections,
      wasGreeted: greeting.map { $0.code / 100 == 2 } ?? false,
      refusal: Self.refusal(in: record), measured: record.measured)
  }

  private static func refusal(in record: DialogueRecord) -> String? {
    if let greeting = record.greeting {
      return greeting.code / 100 == 2 ? nil : greeting.oneLine
    }
    let opening: Set<Phase> = [.connect, .tls, .greeting]
    let obstacle = record.steps.first { step in
      opening.contains(step.phase) && (step.verdict.map { $0.weight > 2 } ?? false)
    }
    return obstacle?.answer.description
  }
}

/// The counts of one named session.
package struct SessionBook: Sendable {
  package private(set) var opened = 0
  package private(set) var refused = 0
  package private(set) var errors = 0
  package private(set) var firstRefusal: String?
  /// Of a staircase, on its best step.
  package private(set) var greeted = 0
  private var greetedOnThisStep = 0
  private var measured: [String: [Int64]] = [:]

  package init() {}

  /// Durations kept under one name: what a report can say needs no more.
  private static let samples = 10_000

  /// Books a dialogue.
  package mutating func add(_ facts: DialogueFacts) {
    opened += facts.connections
    if !facts.finding.verdict.isGood { errors += 1 }
    if facts.wasGreeted { greetedOnThisStep += 1 }
    greeted = max(greeted, greetedOnThisStep)
    if let refusal = facts.refusal {
      refused += 1
      firstRefusal = firstRefusal ?? refusal
    }
    for (name, duration) in facts.measured where measured[name, default: []].count < Self.samples {
      measured[name, default: []].append(duration)
    }
  }

  /// Begins the next step of a staircase.
  package mutating func nextStep() { greetedOnThisStep = 0 }

  /// Adds the counts of another repetition.
  package mutating func merge(_ other: SessionBook) {
    opened += other.opened
    refused += other.refused
    errors += other.errors
    firstRefusal = firstRefusal ?? other.firstRefusal
    greeted = max(greeted, other.greeted)
    for (name, durations) in other.measured {
      measured[name, default: []] += durations.prefix(
        max(0, Self.samples - measured[name, default: []].count))
    }
  }

  /// The samples of a quantity: one count, or all durations; empty: it was never measured.
  func samples(of quantity: SessionMetric.Quantity) -> [Int64] {
    switch quantity {
    case .errors: [Int64(errors)]
    case .opened: [Int64(opened)]
    case .greeted: [Int64(greeted)]
    case .refused: [Int64(refused)]
    case .firstRefusal: []
    case .measured(let name): measured[name] ?? []
    }
  }

  /// A quantity in words; nil where there is nothing to say.
  func text(of quantity: SessionMetric.Quantity) -> String? {
    if quantity == .firstRefusal { return firstRefusal }
    let samples = samples(of: quantity)
    guard let least = samples.min(), let most = samples.max() else { return nil }
    guard case .measured = quantity else { return String(most) }
    let (low, high) = (DurationText.of(least), DurationText.of(most))
    return low == high ? low : "\(low) to \(high)"
  }
}

extension Verdict {
  /// Whether a canary may end like this.
  var isGood: Bool {
    switch self {
    case .pass, .info, .warn: true
    case .skipped, .inconclusive, .fail, .error: false
    }
  }
}

extension Judgement {
  /// The finding of a condition that holds; nil where it does not.
  ///
  /// A duration was seen to hold it if any sample does.
  package func finding(in books: [String: SessionBook]) -> Finding? {
    guard let book = books[metric.session] else { return nil }
    let samples = book.samples(of: metric.quantity)
    guard samples.contains(where: { comparison.holds($0, limit) }) else { return nil }
    let actual = book.text(of: metric.quantity)
    return Finding(
      verdict, expected: verdict.isGood ? text : "not \(text)", actual: actual,
      reason: "\(text) holds")
  }
}

extension ReportedMetric {
  /// The fact in words; nil where nothing was measured.
  package func text(in books: [String: SessionBook]) -> String? {
    books[metric.session]?.text(of: metric.quantity)
  }
}
