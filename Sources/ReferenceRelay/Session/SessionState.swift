// SPDX-License-Identifier: Apache-2.0
//
// What a session remembers, as types: the phase it is in, the buffers of RFC 5321 section 4.1.1,
// and what it has seen of its client. Transitions are the machine's affair.

import MailContent
import SASLExchange
import SMTPWire
import TLSEngine

/// Facts of a connection that hold for its whole life.
package struct RelayPeer: Sendable {
  /// The client's address without port or brackets; nil on a local socket.
  package var address: String?
  /// Our own address on this connection; its literal is a local domain.
  package var localAddress: String?
  /// The number of the connection since the relay's start.
  package var number: Int

  package init(address: String? = nil, localAddress: String? = nil, number: Int = 1) {
    self.address = address
    self.localAddress = localAddress
    self.number = number
  }
}

/// What the machine does with the next octets.
///
/// ```
/// opening -> command -> data     -> command
///               |  `--> chunk    -> command
///               |  `--> response -> command
///               `-----> handshake -> command (secured)
/// any -> ended
/// ```
enum SessionPhase {
  /// The greeting has not been sent.
  case opening
  /// A command line comes next.
  case command
  /// Content comes, until its end shows.
  case data
  /// Content comes, so many octets of it.
  case chunk(Chunk)
  /// A SASL response line comes next.
  case response(LoginExchange)
  /// The TLS handshake is going on; nothing is read here.
  case handshake
  /// Over: all further input is ignored.
  case ended
}

/// A BDAT command whose octets are being read (RFC 3030 section 2).
struct Chunk {
  enum Fate {
    case take
    /// Read and thrown away; then these are the replies.
    case refuse([RelayReply])
  }

  /// Octets that are still to come.
  var remaining: Int
  var size: Int
  var isLast: Bool
  var fate: Fate
}

/// A login that is going on; a class, so that idle sessions do not carry its size.
final class LoginExchange {
  var server: SASLServer

  init(_ server: SASLServer) {
    self.server = server
  }
}

/// What keeps the machine from reading on.
enum SessionWait {
  /// Replies, each as its octets, that were scripted to come later.
  case replies([[UInt8]], step: RelayStep, until: RelayInstant)
  /// A message is on its way to the disk; the replies it gets if it arrives there.
  case store([RelayReply], AcceptedMessage)
}

/// What is counted of an accepted message.
struct AcceptedMessage {
  var recipients: Int
  var octets: Int
  var integrity: IntegrityReading?
}

/// The content of a message as its sender declared it (RFC 6152, RFC 3030).
enum BodyKind { case sevenBit, eightBitMIME, binaryMIME }

/// An open mail transaction: the reverse-path and forward-path buffers, and the mail data buffer
/// once chunks have come.
struct Transaction {
  /// The reverse-path without brackets; empty: the null reverse-path.
  var sender: String
  var body = BodyKind.sevenBit
  var isInternationalized = false
  /// SIZE of the MAIL command (RFC 1870).
  var declaredSize: Int?
  /// Accepted recipients without brackets, in order; LMTP answers for each.
  var recipients: [String] = []
  /// RCPT commands refused because there were too many.
  var overflow = 0
  /// Content that came in chunks so far.
  var chunks: ContentIntake?
}

/// What a session knows of its client besides the transaction.
struct SessionFacts {
  /// The relay has greeted with 554 and takes nothing but QUIT (RFC 5321 section 3.1).
  var isTurnedAway = false
  /// The argument of the last accepted hello; nil: none yet, or forgotten.
  var clientName: String?
  /// The last hello was HELO: no extensions are in use.
  var isPlainSMTP = false
  var identity: String?
  var tls: TLSFacts?
  var isSecure = false
}

/// What a client has put the relay to.
struct SessionEffort {
  var errors = 0
  var junk = 0
  var failedLogins = 0
  /// MAIL commands that were accepted.
  var transactions = 0
  /// Messages that were accepted.
  var messages = 0
}
