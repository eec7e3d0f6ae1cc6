// SPDX-License-Identifier: Apache-2.0
//
// The parts of an SMTP session that are timed and counted by name.

/// A timed part of a session; also the stage at which a reply or a loss is counted.
package enum Phase: String, Sendable, CaseIterable {
  /// From the connect call to the TCP (or unix socket) connection.
  case connect
  /// From ClientHello to the finished handshake.
  case tls
  /// From the connection (or implicit TLS) to the last line of the greeting.
  case greeting
  /// EHLO, HELO or LHLO.
  case ehlo
  /// STARTTLS, up to its reply; the handshake counts as `tls`.
  case starttls
  /// From the AUTH command to its last reply, round trips included.
  case auth
  case mail
  case rcpt
  /// DATA, up to its 354 (or refusal).
  case data
  /// From the last octet of the message (the final dot or BDAT LAST) to its reply.
  case body
  case bdat
  case rset
  case quit
  /// Any other command, or octets that are no command.
  case other
  /// From the first command of a mail transaction to its last reply.
  case transaction
  /// From the connect call to the end of the connection.
  case session
}
