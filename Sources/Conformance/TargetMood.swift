// SPDX-License-Identifier: Apache-2.0
//
// Signs that a target turns away whoever comes, whatever is asked. One sign may be the answer to what a
// check did; several in a row are a reason to look at the door.

import DialogueEngine
import SMTPTransport
import SMTPWire
import ScenarioLanguage

/// How the target took a check; the heaviest of its sessions counts.
package enum TargetMood: Int, Sendable, Comparable {
  /// It answered.
  case even
  /// It refused sender or recipient for the time being, as with greylisting.
  case deferring
  /// It ended the connection, was silent, said 421, or never let us begin.
  case turningAway

  package static func < (left: TargetMood, right: TargetMood) -> Bool {
    left.rawValue < right.rawValue
  }

  init(of report: DialogueReport) {
    guard let step = report.record.decisive else {
      if case .setupFailed = report.ending { self = .turningAway } else { self = .even }
      return
    }
    switch step.answer {
    case .closed, .silence: self = .turningAway
    case .refused: self = step.phase == .connect ? .turningAway : .even
    case .replies(let replies):
      let code = replies.last?.code ?? 0
      let opening: Set<Phase> = [.connect, .tls, .greeting, .ehlo]
      let isRefusal = step.origin == .harness && code / 100 != 2 && opening.contains(step.phase)
      if code == 421 || isRefusal {
        self = .turningAway
      } else if code / 100 == 4, step.phase == .mail || step.phase == .rcpt {
        self = .deferring
      } else {
        self = .even
      }
    case .secured, .unable: self = .even
    }
  }
}
