// SPDX-License-Identifier: Apache-2.0
//
// How hard a suite of checks may lean on a target, and how patiently it waits for one that turns us
// away.

package import ScenarioLanguage

/// The speed of a certification, and its patience.
package struct Pacing: Sendable, Equatable {
  /// Checks that run at the same time.
  package var connections: Int
  /// The least time between the beginnings of two checks.
  package var interval: Duration
  /// Checks turned away one after another before we look whether it is about us.
  package var patience: Int
  /// Pauses before further looks at a door that was found shut; when they are used up, we give up.
  package var pauses: [Duration]
  /// Pauses before senders and recipients that were refused for the time being are tried again.
  package var greylist: [Duration]

  package init(
    connections: Int, interval: Duration, patience: Int, pauses: [Duration], greylist: [Duration]
  ) {
    self.connections = connections
    self.interval = interval
    self.patience = patience
    self.pauses = pauses
    self.greylist = greylist
  }

  /// For a server on this machine, which nobody else waits for.
  package static let loopback = Pacing(
    connections: 8, interval: .zero, patience: 6, pauses: [.seconds(1), .seconds(3)],
    greylist: [.seconds(60), .seconds(300)])

  /// For everybody else's: a few connections a second, as a busy client might make them.
  package static let remote = Pacing(
    connections: 4, interval: .milliseconds(250), patience: 4,
    pauses: [.seconds(30), .seconds(120)], greylist: [.seconds(60), .seconds(300)])

  /// What suits a target.
  package init(for profile: TargetProfile) { self = profile.isLoopback ? .loopback : .remote }
}
