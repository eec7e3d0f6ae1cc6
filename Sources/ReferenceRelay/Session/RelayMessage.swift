// SPDX-License-Identifier: Apache-2.0
//
// A message that the relay has taken responsibility for, with its envelope and how it came: all that
// trace fields and the Maildir need.

/// An accepted message on its way to the store.
package struct RelayMessage: Sendable {
  /// A name that no other message of this relay has; stands in the reply and in `Received`.
  package var id: String
  /// The reverse-path without brackets; empty: the null reverse-path.
  package var sender: String
  /// One copy is stored for each.
  package var recipients: [String]
  /// The content with all dots of the transfer removed.
  package var content: [UInt8]
  package var trace: RelayTrace
  /// Whether MAIL asked for SMTPUTF8 (RFC 6531 section 3.4).
  package var isInternationalized = false
  /// What goes to the next hop; empty where there is none.
  package var copies: [RelayCopy] = []
}

/// A message as the next hop gets it, one transaction each.
package struct RelayCopy: Sendable, Equatable {
  /// The reverse-path without brackets.
  package var sender: String
  package var recipients: [String]
  /// What stands before the content: the `Received` field.
  package var trace: [UInt8]
  /// As it came.
  package var content: [UInt8]
  package var isInternationalized: Bool
  /// Whether it is sent again where the next hop refuses it for the time being.
  package var triesAgain = true
}

/// How a message came in, for its `Received` field (RFC 5321 section 4.4).
package struct RelayTrace: Sendable {
  package var clientName: String
  /// The client's address as it stands in an address literal, without brackets; nil where it has
  /// none, as on a local socket.
  package var clientAddress: String?
  package var hostName: String
  /// The registered name after `with`: `ESMTPS`, `UTF8SMTPA`, `LMTP` (RFC 3848, RFC 6531 4.3).
  package var transmission: String
  /// The cipher suite, for the `tls` clause (RFC 8314 section 4.3).
  package var cipher: String?
  /// Seconds since 1970 UTC.
  package var time: Int
}
