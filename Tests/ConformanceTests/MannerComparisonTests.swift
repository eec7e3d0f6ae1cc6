// SPDX-License-Identifier: Apache-2.0
//
// The comparison of manners: which differences are faults, which are the server's affair, and that
// what was not played decides nothing.

import Conformance
import SMTPWire
import ScenarioLanguage
import Testing

@Suite struct MannerComparisonTests {
  private static let commands = ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA"]

  private func finding(_ measure: [UInt16], _ other: [UInt16]) -> Finding {
    var comparison = MannerComparison(of: [.lockStep, .oneWrite])
    for (name, codes) in [("lock-step", measure), ("one-write", other)] {
      comparison.add(
        zip(Self.commands, codes).map { label, code in
          code == 0
            ? ComparedAnswer(label, codes: [], text: "no reply")
            : ComparedAnswer(label, codes: [code], enhanced: [nil])
        }, in: name)
    }
    return comparison.finding
  }

  @Test("The same codes pass, and the replies are told")
  func same() {
    let finding = finding([250, 550, 554], [250, 550, 554])
    #expect(finding.verdict == .pass)
    #expect(finding.actual == "250; 550; 554")
  }

  @Test("F023: a 502 in the midst of a group that lock step does not get is a failure")
  func odd() {
    let finding = finding([250, 250, 354], [250, 502, 354])
    #expect(finding.verdict == .fail)
    #expect(finding.expected == "250, as lock-step")
    #expect(finding.actual == "502")
    #expect(finding.reason == "one-write differs at RCPT TO:<c@d>")
  }

  @Test("F021: 503 and 554 to DATA without recipients are both right, 354 is another matter")
  func data() {
    #expect(finding([250, 550, 503], [250, 550, 554]).verdict == .pass)
    #expect(finding([250, 550, 554], [250, 550, 354]).verdict == .fail)
    #expect(finding([250, 503, 554], [250, 554, 554]).verdict == .fail)
  }

  @Test("A missing reply is a failure, one for the time being decides nothing")
  func missing() {
    #expect(finding([250, 250, 354], [250, 250, 0]).verdict == .fail)
    #expect(finding([250, 250, 354], [250, 250]).verdict == .fail)
    #expect(finding([250, 250, 354], [250, 451, 354]).verdict == .inconclusive)
    #expect(finding([250, 421], [250, 250, 354]).verdict == .inconclusive)
    #expect(finding([530, 503, 503], [250, 250, 354]).verdict == .inconclusive)
  }

  @Test("Another enhanced code under the same code is a difference")
  func enhanced() {
    var comparison = MannerComparison(of: [.lockStep, .oneWrite])
    for (name, detail) in [("lock-step", UInt16(0)), ("one-write", 5)] {
      comparison.add(
        [ComparedAnswer("MAIL", codes: [250], enhanced: [EnhancedCode(2, 1, detail)])], in: name)
    }
    #expect(comparison.finding.verdict == .fail)
  }

  @Test("Without a second manner the check is skipped, without the measure it is inconclusive")
  func absent() {
    var alone = MannerComparison(of: [.lockStep, .oneWrite])
    alone.add([ComparedAnswer("MAIL", codes: [250])], in: "lock-step")
    #expect(alone.finding.verdict == .skipped)
    var without = MannerComparison(of: [.lockStep, .oneWrite])
    without.add([ComparedAnswer("MAIL", codes: [250])], in: "one-write")
    #expect(without.finding.verdict == .inconclusive)
  }
}
