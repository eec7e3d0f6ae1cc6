// SPDX-License-Identifier: Apache-2.0
//
// Proves the verdict rules on made-up records: what decides, what is no finding of the check, and
// that nothing passes by default.

import Conformance
import JSONText
import SMTPWire
import ScenarioLanguage
import Testing

@testable import DialogueEngine

@Suite struct FindingTests {
  @Test(
    "The heaviest verdict of the script decides, with its own evidence",
    arguments: [
      ([.pass, .info, .warn], 2), ([.pass, .fail, .inconclusive], 1), ([.pass, .pass], 0),
      ([.fail, .error, .fail], 1), ([nil, .pass, nil], 1),
    ] as [([Verdict?], Int)])
  func heaviest(verdicts: [Verdict?], decisive: Int) {
    let steps = verdicts.enumerated().map { number, verdict in
      Self.step(verdict, label: "step \(number)", line: number + 1)
    }
    let finding = Finding(of: Self.record(steps), ending: .finished)
    #expect(finding.verdict == verdicts[decisive])
    #expect(finding.expected == "expected of step \(decisive)")
    #expect(finding.actual == "250 ok")
    #expect(finding.reason == "step \(decisive), line \(decisive + 1)")
  }

  @Test("A failed preparation is inconclusive, whatever its verdict word, and says where")
  func preparation() {
    let obstacle = Self.step(
      .inconclusive, label: "EHLO", origin: .harness, reason: "the start state was not reached")
    let finding = Finding(
      of: Self.record([obstacle]),
      ending: .setupFailed(stage: .ehlo, code: 550, reason: "550 no"))
    #expect(finding.verdict == .inconclusive)
    #expect(finding.reason == "before the check, at EHLO: the start state was not reached")
  }

  @Test(
    "Nothing passes that no step of the script decided",
    arguments: [
      .finished, .cancelled, .setupFailed(stage: .greeting, code: 0, reason: "silence"),
    ] as [SessionEnding])
  func undecided(ending: SessionEnding) {
    let harness = Self.step(.pass, label: "connect", origin: .harness)
    for steps in [[], [harness], [harness, Self.step(nil, label: "next")]] {
      #expect(Finding(of: Self.record(steps), ending: ending).verdict == .inconclusive)
    }
  }

  @Test("A target that lacks an extension is skipped, with the reason")
  func skipped() {
    let finding = Finding(
      of: Self.record([Self.step(.pass, label: "EHLO", origin: .harness)]),
      ending: .skipped(reason: "the target does not offer CHUNKING"))
    #expect(finding == Finding(.skipped, reason: "the target does not offer CHUNKING"))
  }

  @Test("A break in the pairing fails although every step passed")
  func desync() {
    var record = Self.record([Self.step(.pass, label: "NOOP")])
    record.desync = .surplus("250 twice")
    let finding = Finding(of: record, ending: .finished)
    #expect(finding.verdict == .fail)
    #expect(finding.expected == "one reply to each command, in order")
    #expect(finding.actual?.contains("250 twice") == true)
  }

  @Test("A dialogue stopped halfway proves nothing, but what failed stays failed")
  func cancelled() {
    let passed = Self.record([Self.step(.pass, label: "NOOP")])
    #expect(Finding(of: passed, ending: .cancelled).verdict == .inconclusive)
    let failed = Self.record([Self.step(.fail, label: "NOOP")])
    #expect(Finding(of: failed, ending: .cancelled).verdict == .fail)
  }

  @Test("Of two findings the heavier one stays, of equals the first")
  func combining() {
    let warn = Finding(.warn, reason: "first")
    let fail = Finding(.fail)
    #expect(warn.combined(with: fail) == fail && fail.combined(with: warn) == fail)
    #expect(warn.combined(with: Finding(.warn, reason: "second")) == warn)
    #expect(warn.at("run 2").reason == "run 2: first" && fail.at("run 2").reason == "run 2")
  }

  @Test(
    "A refused second hello is held against no check but those that name 503",
    arguments: [
      ([.ehlo, .ehlo], "250", .inconclusive), ([.starttls, .ehlo], "250", .inconclusive),
      ([.ehlo], "250", .fail), ([.ehlo, .connect, .ehlo], "250", .fail),
      ([.ehlo, .ehlo], "pass 2xx; fail 503", .fail), ([.ehlo, .mail, .ehlo], "250", .inconclusive),
    ] as [([Phase], String, Verdict)])
  func secondHello(phases: [Phase], expected: String, verdict: Verdict) {
    var steps = phases.enumerated().map { number, phase in
      var step = Self.step(.pass, label: "EHLO x", line: number + 1)
      (step.instruction, step.phase) = (number, phase)
      if phase == .starttls { step.answer = .secured("TLS 1.3") }
      return step
    }
    let last = steps.count - 1
    steps[last].answer = .replies([
      Reply(code: 503, octets: Array("503 already\r\n".utf8), observations: [])
    ])
    (steps[last].verdict, steps[last].expected) = (.fail, expected)
    let finding = Finding(of: Self.record(steps), ending: .finished)
    #expect(finding.verdict == verdict)
    #expect(finding.actual == "503 already")
    if verdict == .inconclusive {
      #expect(finding.reason == "EHLO x, line \(last + 1): the target takes no second hello")
    }
  }

  static func record(_ steps: [StepOutcome]) -> DialogueRecord {
    var record = DialogueRecord()
    record.steps = steps
    return record
  }

  static func step(
    _ verdict: Verdict?, label: String, origin: Instruction.Origin = .script, line: Int = 0,
    reason: String? = nil
  ) -> StepOutcome {
    StepOutcome(
      instruction: 0, label: label, position: SourcePosition(line: line, column: 1),
      origin: origin, phase: .other, isPartOfTeardown: false, verdict: verdict,
      expected: "expected of \(label)",
      answer: .replies([Reply(code: 250, octets: Array("250 ok\r\n".utf8), observations: [])]),
      reason: reason, sentAt: Instant(nanoseconds: 0), answeredAt: Instant(nanoseconds: 1),
      octetsSent: 0)
  }
}
