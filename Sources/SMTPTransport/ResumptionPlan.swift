// SPDX-License-Identifier: Apache-2.0
//
// Which connections of a run resume an earlier TLS session: a share of them by seeded chance.

import MailContent
import ScenarioLanguage
import Synchronization

/// Decides connection by connection whether its handshake is to be a resumed one.
///
/// A TLS 1.3 ticket is used once, and at the start of a run there is none: a resumption that was
/// drawn and could not be had is made up for by a later connection, so that the share is met over
/// the run as far as the target's tickets allow.
final class ResumptionPlan: Sendable {
  private struct State {
    var random: SeededRandom
    /// Resumptions that could not be had yet.
    var owed = 0
  }

  private let share: Double
  private let state: Mutex<State>

  init(_ resumption: Resumption, seed: UInt64) {
    share = resumption.share
    state = Mutex(State(random: SeededRandom(seed: seed, 0x7265_7375_6D65)))
  }

  /// Whether the next handshake offers an earlier session.
  ///
  /// - Parameter isPossible: Whether there is a session to offer.
  func resumes(isPossible: Bool) -> Bool {
    if share >= 1 { return true }
    if share <= 0 { return false }
    return state.withLock { state in
      let isDrawn = Double.random(in: 0..<1, using: &state.random) < share
      if isDrawn {
        if !isPossible { state.owed += 1 }
        return isPossible
      }
      guard isPossible, state.owed > 0 else { return false }
      state.owed -= 1
      return true
    }
  }
}
