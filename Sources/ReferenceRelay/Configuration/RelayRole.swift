// SPDX-License-Identifier: Apache-2.0
//
// The four jobs a listener of the reference relay can do, and what follows from each of them.

/// What a listener is for; decides greeting, hello verb, gates and the shape of final replies.
package enum RelayRole: String, Sendable, CaseIterable {
  /// Takes mail from anybody for known recipients, as a mail exchanger on port 25 does.
  case relay
  /// Takes new mail from authenticated users after STARTTLS (RFC 6409, port 587).
  case submission
  /// As `submission`, with TLS from the first octet (RFC 8314 section 3.3, port 465).
  case submissions
  /// Local delivery with one final reply per accepted recipient (RFC 2033).
  case lmtp

  /// TLS starts with the connection; STARTTLS is then never offered (RFC 3207 section 4.2).
  package var isImplicitTLS: Bool { self == .submissions }

  /// Users hand in new mail here and must log in first (RFC 6409 section 4.3).
  package var isSubmission: Bool {
    switch self {
    case .submission, .submissions: true
    case .relay, .lmtp: false
    }
  }

  /// Both final delivery and the greeting word differ in LMTP.
  package var isLMTP: Bool { self == .lmtp }
}

/// A service extension that the relay can offer; the raw value is its EHLO keyword.
package enum RelayExtension: String, Sendable, CaseIterable {
  case pipelining = "PIPELINING"
  case size = "SIZE"
  case verify = "VRFY"
  case remoteQueue = "ETRN"
  case startTLS = "STARTTLS"
  case authentication = "AUTH"
  case enhancedStatusCodes = "ENHANCEDSTATUSCODES"
  case eightBitMIME = "8BITMIME"
  case deliveryNotifications = "DSN"
  case internationalized = "SMTPUTF8"
  case chunking = "CHUNKING"
  case binaryMIME = "BINARYMIME"
  case limits = "LIMITS"
  case help = "HELP"
}
