// SPDX-License-Identifier: Apache-2.0
//
// Where a relay sends messages on, and how much trouble it takes over it.

/// The next hop of a relay that stores and forwards.
package struct RelayNextHop: Sendable, Equatable {
  package var host: String
  package var port: Int
  /// How long each further try is put off after a refusal with 4yz or a lost connection; after the last
  /// the message is given up.
  ///
  /// RFC 5321 section 4.5.4.1 wants half an hour and days of patience; whoever tests has seconds.
  package var retries: [Duration]
  /// Connections at the same time.
  package var connections = 10
  /// Messages, and octets of them, that may wait; beyond, further ones are answered 451.
  package var waiting = 2_000
  package var waitingOctets = 256 * 1_024 * 1_024
  /// Time for a reply (RFC 5321 section 4.5.3.2: five minutes), and for that to a message (ten).
  package var reply = Duration.seconds(300)
  package var finalReply = Duration.seconds(600)

  package init(host: String, port: Int, retries: [Duration] = Self.standardRetries) {
    self.host = host
    self.port = port
    self.retries = retries
  }

  /// Three seconds in all.
  package static let standardRetries: [Duration] = [50, 100, 200, 400, 800, 1_500].map {
    .milliseconds($0)
  }
}
