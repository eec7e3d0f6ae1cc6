// SPDX-License-Identifier: Apache-2.0
//
// What the relay says, reply by reply: codes of RFC 5321 section 4.2 and of the extensions, enhanced
// codes of RFC 3463 and RFC 5248.

/// The fixed replies.
enum Replies {
  static let done = RelayReply(250, "2.0.0", "OK")
  static let reset = RelayReply(250, "2.0.0", "Reset")
  static let goodbye = RelayReply(221, "2.0.0", "Goodbye")
  static let sender = RelayReply(250, "2.1.0", "Sender OK")

  /// The address helps people to see which command is meant (RFC 2920 section 3.2); one that is not
  /// ASCII or would make a long line is left out (RFC 6531 section 3.7.4.2).
  static func recipient(_ address: String) -> RelayReply {
    let isShown = address.utf8.count <= 320 && address.utf8.allSatisfy { $0 < 128 }
    return RelayReply(250, "2.1.5", isShown ? "<\(address)> OK" : "Recipient OK")
  }

  static let startContent = RelayReply(354, nil, "Send the message, end it with <CRLF>.<CRLF>")
  static let accepted = RelayReply(250, "2.0.0", "Message accepted")
  static let startTLS = RelayReply(220, "2.0.0", "Start TLS")
  static let loggedIn = RelayReply(235, "2.7.0", "Authentication successful")
  static let help = RelayReply(
    214, "2.0.0", "Commands: EHLO HELO LHLO MAIL RCPT DATA BDAT RSET NOOP QUIT",
    more: ["Commands: VRFY HELP ETRN STARTTLS AUTH, as far as EHLO lists them", "See RFC 5321"])
  /// RFC 5321 section 7.3: verification is switched off for security.
  static let cannotVerify = RelayReply(252, "2.1.5", "Cannot verify, but will take mail for users")

  // Bad commands

  static let unknownCommand = RelayReply(500, "5.5.1", "Unknown command")
  static let notImplemented = RelayReply(502, "5.5.1", "Command not implemented")
  static let strayOctets = RelayReply(500, "5.5.2", "Bare CR, bare LF or NUL in a command")
  static let lineTooLong = RelayReply(500, "5.5.2", "Line too long")
  static let noArgument = RelayReply(501, "5.5.4", "No argument allowed")
  static let argumentNeeded = RelayReply(501, "5.5.4", "Argument needed")
  static let badHello = RelayReply(501, nil, "A domain or an address literal is needed")
  static let badSequence = RelayReply(503, "5.5.1", "Bad sequence of commands")
  static let helloFirst = RelayReply(503, "5.5.1", "Say EHLO first")
  static let mailFirst = RelayReply(503, "5.5.1", "MAIL first")
  static let noRecipients = RelayReply(554, "5.5.1", "No valid recipients")
  static let noRecipientsLMTP = RelayReply(503, "5.5.1", "No valid recipients")
  static let turnedAway = RelayReply(503, "5.5.1", "This server takes no mail from you")

  // Mail

  static let needsUTF8ForSender = RelayReply(550, "5.6.7", "This address needs SMTPUTF8")
  static let needsUTF8ForRecipient = RelayReply(553, "5.6.7", "This address needs SMTPUTF8")
  /// Only `IPv6` is registered as a tag (RFC 5321 section 4.1.3).
  static func unknownLiteral(_ enhanced: String) -> RelayReply {
    RelayReply(501, enhanced, "Unknown kind of address literal")
  }

  static let noNullSender = RelayReply(550, "5.7.1", "The null sender is refused")
  static let unqualifiedSender = RelayReply(553, "5.1.7", "The sender's domain is not complete")
  static let unqualifiedRecipient = RelayReply(550, "5.1.2", "The domain is not complete")
  static let unknownUser = RelayReply(550, "5.1.1", "No such user here")
  static let relayingDenied = RelayReply(550, "5.7.1", "Relaying denied")
  static let tooManyRecipients = RelayReply(452, "4.5.3", "Too many recipients")
  static let tooBig = RelayReply(552, "5.3.4", "Message too big")
  static let strayContent = RelayReply(
    554, "5.6.0", "Bare CR, bare LF or NUL in the message")
  static let loop = RelayReply(554, "5.4.6", "Too many hops, this is a loop")
  static let noSpace = RelayReply(452, "4.3.1", "No room for the message now")
  static let notStored = RelayReply(451, "4.3.0", "The message could not be stored")

  // Gates

  static let needsTLS = RelayReply(530, "5.7.0", "Must issue a STARTTLS command first")
  static let needsLogin = RelayReply(530, "5.7.0", "Authentication required")
  static let loginNeedsTLS = RelayReply(
    538, "5.7.11", "Encryption required for this authentication mechanism")
  static let noLogin = RelayReply(503, "5.5.1", "Authentication is not offered")
  static let unknownMechanism = RelayReply(504, "5.5.4", "Unknown authentication mechanism")
  static let loginCancelled = RelayReply(501, "5.7.0", "Authentication cancelled")
  static let loginLineTooLong = RelayReply(500, "5.5.6", "Authentication line too long")
  static let badBase64 = RelayReply(501, "5.5.2", "Cannot decode the response")
  static let unexpectedResponse = RelayReply(501, "5.7.0", "The server speaks first here")
  static let wrongCredentials = RelayReply(535, "5.7.8", "Authentication credentials invalid")

  // Ends

  static let timeout = RelayReply(421, "4.4.2", "Timeout, closing the connection")
  static let tooManyErrors = RelayReply(421, "4.7.0", "Too many errors, closing the connection")
  static let tooManyLogins = RelayReply(421, "4.7.0", "Too many failed logins")
  static let tooManyMessages = RelayReply(421, "4.7.0", "Too many messages on this connection")
  static let runawayLine = RelayReply(421, "4.7.0", "Endless line, closing the connection")
  static let noSMTP = RelayReply(421, "4.7.0", "This is a mail server, closing the connection")
  static let outOfSync = RelayReply(554, "5.5.0", "SMTP protocol synchronization")
  static let outOfTurn = RelayReply(554, "5.5.0", "You talk before the greeting")
  static let badChunk = RelayReply(501, "5.5.4", "No chunk size, closing the connection")
  static let tooManySessions = RelayReply(421, "4.3.2", "Too many connections, try again later")
  static let tooManySessionsFromAddress = RelayReply(
    421, "4.7.0", "Too many connections from your address")
  static let shuttingDown = RelayReply(421, "4.3.2", "The server is shutting down")
}
