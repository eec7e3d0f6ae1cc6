// SPDX-License-Identifier: Apache-2.0
//
// Holds what one dialogue got in one manner against what it got in another. Pure values.

import DialogueEngine
import SMTPTransport
package import SMTPWire
package import ScenarioLanguage

/// What a command got, as far as it has to be the same in every manner.
package struct ComparedAnswer: Sendable, Equatable {
  /// The command.
  package var label: String
  /// Codes with enhanced codes; empty where there was no reply.
  package var codes: [UInt16]
  package var enhanced: [EnhancedCode?]
  /// The whole, in one line.
  package var text: String

  package init(
    _ label: String, codes: [UInt16], enhanced: [EnhancedCode?] = [], text: String? = nil
  ) {
    self.label = label
    self.codes = codes
    self.enhanced = enhanced
    self.text = text ?? codes.map(String.init).joined(separator: ", ")
  }

  init(_ step: StepOutcome) {
    self.init(step.label, codes: [], text: step.answer.description)
    guard case .replies(let replies) = step.answer else { return }
    codes = replies.map(\.code)
    enhanced = replies.map(\.enhancedCode)
  }
}

/// Answers of several manners, the measure of the others first.
package struct MannerComparison: Sendable {
  /// A manner in which the dialogue was played.
  package struct Played: Sendable {
    package var name: String
    package var answers: [ComparedAnswer]
  }

  package private(set) var played: [Played] = []
  private var leftOut: [String] = []
  private let names: [String]

  package init(of manners: [Manner]) { names = manners.map(\.rawValue) }

  package mutating func add(_ answers: [ComparedAnswer], in name: String) {
    played.append(Played(name: name, answers: answers))
  }

  /// Adds a dialogue, or the reason why it was not played.
  mutating func add(_ report: DialogueReport?, of finding: Finding?, in name: String) {
    let steps = report?.steps.filter { $0.origin == .script && !$0.isPartOfTeardown } ?? []
    guard !steps.isEmpty else {
      leftOut.append("\(name): \(finding?.reason ?? finding?.actual ?? "nothing was said")")
      return
    }
    add(steps.map(ComparedAnswer.init), in: name)
  }

  /// Facts for the record.
  package var facts: [String: String] {
    var facts = ["manners compared": played.map(\.name).joined(separator: ", ")]
    if !leftOut.isEmpty { facts["left out"] = leftOut.joined(separator: "; ") }
    return facts
  }

  /// What the manners say together.
  package var finding: Finding {
    guard let measure = played.first, measure.name == names.first else {
      return Finding(
        .inconclusive, reason: leftOut.first ?? "\(names.first ?? "nothing") was not played")
    }
    guard played.count > 1 else {
      return Finding(.skipped, reason: leftOut.first ?? "no other manner was played")
    }
    var finding: Finding?
    for other in played.dropFirst() {
      guard let found = Self.difference(of: other, from: measure) else { continue }
      finding = finding?.combined(with: found) ?? found
    }
    return finding
      ?? Finding(
        .pass, expected: "the replies of \(measure.name)",
        actual: measure.answers.map(\.text).joined(separator: "; "))
  }

  /// The first difference that counts.
  private static func difference(of other: Played, from measure: Played) -> Finding? {
    var doubt: Finding?
    for place in 0..<max(measure.answers.count, other.answers.count) {
      let wanted = measure.answers.indices.contains(place) ? measure.answers[place] : nil
      let found = other.answers.indices.contains(place) ? other.answers[place] : nil
      guard let verdict = verdict(on: found, wanted: wanted) else { continue }
      let finding = Finding(
        verdict, expected: wanted.map { "\($0.text), as \(measure.name)" } ?? "nothing",
        actual: found?.text ?? "nothing",
        reason: "\(other.name) differs at \((wanted ?? found)?.label ?? "")")
      if verdict == .fail || verdict == .inconclusive { return finding }
      doubt = doubt ?? finding
    }
    return doubt
  }

  /// What a difference is worth; nil where there is none.
  private static func verdict(
    on found: ComparedAnswer?, wanted: ComparedAnswer?
  ) -> Verdict? {
    guard let wanted, !wanted.codes.isEmpty else {
      // The measure itself came to an end here, which its own steps tell of.
      return found == nil || wanted != nil ? nil : .fail
    }
    guard let found else { return .fail }
    guard wanted.codes == found.codes else {
      // A refusal for the time being, or a gate that TLS has opened, says nothing of groups.
      let isElse = (wanted.codes + found.codes).contains { code in
        code / 100 == 4 || code == 530 || code == 538
      }
      if isElse { return .inconclusive }
      // Both are right for DATA without recipients (RFC 5321 sections 3.3 and 4.3.2).
      let isEither = wanted.codes + found.codes
      return isEither.allSatisfy { $0 == 503 || $0 == 554 } && wanted.label.hasPrefix("DATA")
        ? nil : .fail
    }
    return wanted.enhanced == found.enhanced ? nil : .fail
  }
}
