// SPDX-License-Identifier: Apache-2.0
//
// The bounds that no script can move. They keep a certifier from becoming the attack, and a slip
// in a file from filling the memory.

/// Bounds on what a scenario may ask for.
package enum Limits {
  /// Connections at a time that a scenario with named sessions opens.
  package static let connections = 200
  /// The longest time that one step, pause or slow write takes.
  package static let stepTime = Duration.seconds(15 * 60)
  /// The longest wait for an answer; the retry of a queued message may need it.
  package static let wait = Duration.seconds(3600)
  /// Messages that one `deliver` or `arrive` deals with.
  package static let messages = 1_200
  /// Runs of one `repeat`.
  package static let repetitions = 1_000
  /// Steps of a scenario after all repetitions are written out.
  package static let steps = 10_000
  /// Commands of one `pipeline` that are the same: every server takes 100 recipients (RFC 5321
  /// section 4.5.3.1.8).
  package static let sameCommands = 100
  /// Sequences that one `search` tries.
  package static let sequences = 500
  /// Commands of one sequence: MAIL, RCPT, DATA, something behind them, and three more to look at
  /// what came of it.
  package static let leastCommands = 7
  package static let sequenceCommands = 20
  /// Octets that `${fill:…}` adds to a scenario.
  package static let filling = 16 << 20
  /// Octets of a CSV feed.
  package static let feedSize = 64 << 20
  /// Concurrent sessions of a load: what one machine's ports and memory hold.
  package static let sessions = 50_000
  /// Messages of a load.
  package static let loadMessages = 1_000_000_000
  /// Messages a second.
  package static let rate = 1e6
  /// The length of a load.
  package static let loadTime = Duration.seconds(24 * 3600)

  static let anyDuration = Duration.zero...loadTime
}
