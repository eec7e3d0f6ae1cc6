// SPDX-License-Identifier: Apache-2.0
//
// How a run ends for the shell that started it.

/// The process exit codes, a sentence each.
package enum RunExit: Int32, Sendable, CaseIterable {
  /// Everything that was asked for ran and passed.
  case passed = 0
  /// A check failed; under `--strict` a warning counts as well.
  case checkFailed = 1
  /// A threshold was crossed, or the measurement is not valid.
  case thresholdCrossed = 2
  /// Could not run: the target is unreachable, nothing could be judged or sent, or we failed.
  case couldNotRun = 3
  /// The command line or a script is wrong (`EX_USAGE` of sysexits.h).
  case usage = 64
  /// Stopped by the user (128 and SIGINT, as shells count).
  case interrupted = 130
}

extension RunRecord {
  /// The exit code that this record deserves.
  ///
  /// An interruption outweighs everything, since what follows from half a run is for the user to
  /// say; a failed check outweighs trouble elsewhere, since it was seen. What is waived counts as
  /// judged and not as failed. A run that judged nothing and sent nothing never passes.
  package func earnedExit(strict: Bool) -> RunExit {
    if interrupted { return .interrupted }
    let standing = checks.filter { $0.waiver == nil }
    if standing.contains(where: { $0.verdict == "fail" || (strict && $0.verdict == "warn") }) {
      return .checkFailed
    }
    if checks.contains(where: { $0.verdict == "error" || !$0.reached }) { return .couldNotRun }
    if !didAnything { return .couldNotRun }
    if !valid || thresholds.contains(where: { !$0.holds }) { return .thresholdCrossed }
    return .passed
  }

  /// Whether at least one check was judged, or one message or plain connection was attempted.
  private var didAnything: Bool {
    if checks.contains(where: { ["pass", "info", "warn", "fail"].contains($0.verdict) }) {
      return true
    }
    guard let load else { return false }
    return load.messages.attempted > 0
      || (load.messages.notStarted == 0 && load.connections.opened > 0)
  }
}
