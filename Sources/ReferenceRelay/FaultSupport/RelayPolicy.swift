// SPDX-License-Identifier: Apache-2.0
//
// The rules that an honest relay follows, as knobs: `init` gives the honest position of each, and
// faults turn them. A knob is here only where changing replies from outside would not be enough.

package import SMTPWire

/// Parts of what a session remembers.
package struct SessionParts: OptionSet, Sendable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The client's name and that it said hello.
  package static let hello = SessionParts(rawValue: 1)
  package static let authentication = SessionParts(rawValue: 2)
  /// The reverse-path buffer of RFC 5321 section 4.1.1.
  package static let sender = SessionParts(rawValue: 4)
  /// The forward-path buffer.
  package static let recipients = SessionParts(rawValue: 8)
  /// The mail data buffer: chunks received so far.
  package static let content = SessionParts(rawValue: 16)
  package static let transaction: SessionParts = [.sender, .recipients, .content]
  package static let all: SessionParts = [.hello, .authentication, .transaction]
}

/// Octets in message content that no line ending accounts for.
package struct StrayOctets: OptionSet, Sendable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bareLF = StrayOctets(rawValue: 1)
  package static let bareCR = StrayOctets(rawValue: 2)
  package static let nul = StrayOctets(rawValue: 4)
  package static let all: StrayOctets = [.bareLF, .bareCR, .nul]
}

/// The rules of one listener.
package struct RelayPolicy: Sendable {
  /// What to do with input that came where none was allowed.
  package enum StrayInput: Sendable { case refuse, discard, execute }
  /// What to do with MAIL inside a transaction.
  package enum NestedMail: Sendable { case refuse, restart, replaceSender }
  /// What to say to VRFY (RFC 5321 sections 3.5.3 and 7.3).
  package enum Verification: Sendable { case cannotVerify, truthful, alwaysYes }

  // Lines and content

  /// What ends a command line besides CRLF (RFC 5321 section 2.3.8: nothing).
  package var lineEnds: LineEnds = .crlf
  /// What ends message content after DATA (RFC 5321 section 4.1.1.4).
  package var endOfData: EndOfDataRule = .strict
  /// What makes the final reply to a text message 554.
  package var refusedContent: StrayOctets = .all

  // Transactions

  /// What RSET forgets (RFC 5321 section 4.1.1.5).
  package var resetForgets: SessionParts = .transaction
  /// What EHLO, HELO and LHLO forget (RFC 5321 section 4.1.4).
  package var helloForgets: SessionParts = .transaction
  /// What the final reply to a message forgets (RFC 5321 section 4.1.1.4).
  package var messageForgets: SessionParts = .transaction
  package var nestedMail: NestedMail = .refuse
  /// MAIL and AUTH need a hello first (RFC 5321 section 4.1.4).
  package var requiresHello = true
  /// DATA and BDAT need an accepted recipient.
  package var requiresRecipients = true
  /// Whether RCPT works although MAIL was refused.
  package var refusedMailOpensTransaction = false

  // TLS and AUTH

  /// What a TLS handshake forgets (RFC 3207 section 4.2).
  package var handshakeForgets: SessionParts = .all
  /// Clear text that came in one piece with STARTTLS (RFC 3207 section 6).
  package var inputBehindStartTLS: StrayInput = .refuse
  /// How long the reply to STARTTLS takes.
  package var pauseBeforeTLS = Duration.zero
  /// Whether STARTTLS stays on the list inside TLS.
  package var listsStartTLSInsideTLS = false
  /// Mail commands need TLS first; 530 (RFC 3207 section 4).
  package var requiresTLS: Bool
  /// Mail commands need a login first; 530 (RFC 6409 section 4.3).
  package var requiresAuthentication: Bool
  /// Whether AUTH is offered and taken at all.
  package var offersAuthentication: Bool
  /// Mechanisms that work without TLS.
  package var clearTextAuthentication: ClearTextAuthentication
  package var authenticationInTransaction = false
  package var repeatedAuthentication = false

  // Chunks and sizes

  /// The octets of a chunk that is refused are read and thrown away (RFC 3030 section 2).
  package var consumesRefusedChunks = true
  /// DATA works after BDAT (RFC 3030 section 2: it must not).
  package var mixesDataWithChunks = false
  /// DATA works for BODY=BINARYMIME (RFC 3030 section 3: it must not).
  package var takesDataForBinaryBodies = false
  /// Octets by which chunks are miscounted.
  package var chunkMiscount = 0
  /// Messages whose declared size is too big are refused at MAIL (RFC 1870 section 6.1).
  package var refusesDeclaredSize = true
  /// Messages that are too big are refused at their end (RFC 1870 section 4).
  package var refusesActualSize = true
  /// Content that goes beyond the declared size ends there (RFC 1870 section 6: never).
  package var endsContentAtDeclaredSize = false

  // Addresses

  /// Foreign recipients need no login: an open relay.
  package var relaysForEverybody = false
  /// Unknown users of local domains are taken.
  package var acceptsUnknownUsers = false
  package var knowsPostmaster = true
  /// Case of `postmaster` and of domains does not matter (RFC 5321 sections 2.4 and 4.5.1).
  package var ignoresCase = true
  package var acceptsNullSender = true
  /// Whether the first host of a source route is taken for the recipient's domain.
  package var followsSourceRoutes = false
  /// Whether `user%domain` at a local domain is taken as `user@domain` and accepted.
  package var percentRelays = false
  /// Parameters that are unknown or not offered are passed over instead of answered 555.
  package var ignoresUnknownParameters = false
  /// Values and repetitions of known parameters are not looked at.
  package var ignoresParameterValues = false
  package var verification: Verification = .cannotVerify

  // Connection

  /// Input before the greeting (RFC 5321 section 4.3.1).
  package var inputBeforeGreeting: StrayInput = .refuse
  /// Input in one piece behind EHLO, HELO or LHLO (RFC 2920 section 3.1).
  package var inputBehindHello: StrayInput = .refuse
  package var closesAfterQuit = true
  /// A timeout is told with 421 before the connection closes (RFC 5321 section 3.8).
  package var announcesTimeout = true
  /// One final reply per accepted recipient (RFC 2033 section 4.2).
  package var repliesPerRecipient: Bool
  /// What the next hop refuses with 4yz is tried again (RFC 5321 section 4.5.4.1).
  package var triesAgain = true
  /// A message cut short by the end of the connection is stored all the same.
  package var keepsUnfinishedMessages = false

  /// The honest rules for a role.
  package init(role: RelayRole, configuration: RelayConfiguration) {
    let hasTLS = configuration.tls != nil
    requiresTLS = role.isSubmission && hasTLS
    requiresAuthentication = role.isSubmission
    offersAuthentication = role.isSubmission || configuration.authentication.onRelay
    clearTextAuthentication = configuration.authentication.inClearText
    verification = configuration.verification
    repliesPerRecipient = role.isLMTP
    guard configuration.isSink else { return }
    refusedContent = []
    relaysForEverybody = true
    acceptsUnknownUsers = true
  }
}
