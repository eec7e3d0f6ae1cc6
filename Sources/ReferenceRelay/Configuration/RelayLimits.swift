// SPDX-License-Identifier: Apache-2.0
//
// The bounds that the relay sets to its clients: sizes, counts and times, each with its source.

/// Protections of one relay; `standard` is what a careful operator would set.
package struct RelayLimits: Sendable {
  /// Sessions at the same time over all listeners; the next one is greeted 421 and closed.
  package var connections = 2_000
  /// Sessions at the same time from one address; 421.
  ///
  /// Postfix has 50 here.
  package var connectionsPerAddress = 100
  /// Accepted recipients per transaction; the next is answered 452 4.5.3 (RFC 5321 4.5.3.1.8 wants
  /// at least 100; Postfix has 1000).
  ///
  /// Told in the EHLO reply as RCPTMAX (RFC 9422).
  package var recipients = 1_000
  /// Recipients refused for their number before further ones count as errors, as in Postfix.
  package var recipientOvershoot = 1_000
  /// Transactions (MAIL commands) per connection, then 421; nil: unlimited.
  ///
  /// Told as MAILMAX.
  package var transactions: Int?
  /// Faulty commands per connection, forgiven by an accepted message; then 421.
  ///
  /// Postfix has 20.
  package var errors = 20
  /// NOOP, RSET, VRFY, HELP, ETRN, hello and empty chunks since the last accepted message; each one
  /// beyond counts as an error.
  ///
  /// Postfix has 100.
  package var junkCommands = 100
  /// Failed logins per connection, then 421; at least three tries (RFC 4954 section 9).
  package var failedLogins = 5
  /// Octets of a command line with its CRLF (RFC 5321 4.5.3.1.4 wants 512 and more for extensions;
  /// Postfix takes 2048).
  package var commandLine = 2_048
  /// Octets of a SASL response line with its CRLF (RFC 4954 section 4: 12288 suffice).
  package var responseLine = 12_290
  /// Octets without a line end after which a client is cut off with 421.
  package var runawayLine = 65_536
  /// Octets of a message as RFC 1870 counts them; told in the EHLO reply.
  package var messageSize = 32 * 1_024 * 1_024
  /// How many times `messageSize` a client may send before the connection is cut with 552.
  package var oversizePatience = 4
  /// Trace fields that mean a loop (RFC 5321 section 6.3 wants 100 or more).
  package var hops = 100
  /// Octets of message content that all sessions together may hold for the Maildir; beyond: 452.
  package var collectedOctets = 512 * 1_024 * 1_024
  /// Messages that may wait for the disk at the same time; beyond: 452.
  package var waitingStores = 256
  /// Time for a whole command line after the last reply (RFC 5321 4.5.3.2.7: 5 minutes).
  package var command = Duration.seconds(300)
  /// Time for message content, to which `dataRate` adds.
  package var data = Duration.seconds(300)
  /// Octets a second that buy more time for content; Postfix asks this rate under stress.
  package var dataRate = 500
  /// Time that the disk may take for a message; then 451.
  package var store = Duration.seconds(120)
  /// Time for the TLS handshake.
  package var handshake = Duration.seconds(60)
  /// Time that a closing connection may take to be read to its end.
  package var farewell = Duration.seconds(2)

  package init() {}

  /// What a careful operator would set.
  package static let standard = RelayLimits()

  /// For a sink: the largest message that a check sends, with room for trace fields, and a number of
  /// connections that no mail server opens to one host by itself.
  package static let sink: RelayLimits = {
    var limits = RelayLimits()
    limits.connections = 500
    limits.connectionsPerAddress = 500
    limits.messageSize = 65 * 1_024 * 1_024
    limits.collectedOctets = 256 * 1_024 * 1_024
    limits.errors = 1_000
    limits.junkCommands = 1_000
    return limits
  }()

  /// For load from one machine: no cap on sessions or noise that a generator would meet, and
  /// messages up to 64 MiB.
  package static let load: RelayLimits = {
    var limits = RelayLimits()
    limits.connections = 100_000
    limits.connectionsPerAddress = 100_000
    limits.errors = 1_000_000
    limits.junkCommands = 1_000_000
    limits.messageSize = 64 * 1_024 * 1_024
    return limits
  }()
}
