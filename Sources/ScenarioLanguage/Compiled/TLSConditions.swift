// SPDX-License-Identifier: Apache-2.0
//
// What a script offers in one TLS handshake of its own, and what it may demand of what came of a
// handshake. Plain values; OpenSSL is another room's affair.

/// What a client offers in one handshake, beyond what the profile says.
///
/// The peer's certificate is not refused in it, whatever it is: what is wrong with it is a fact that
/// can be demanded.
package struct TLSOffer: Sendable, Hashable {
  package var minimum: TLSPolicy.Version?
  package var maximum: TLSPolicy.Version?
  /// An OpenSSL cipher list for TLS 1.2 and below, in which `@SECLEVEL=0` lets old ones in.
  package var ciphers: String?
  /// The name to indicate in place of the profile's (RFC 6066 section 3).
  package var serverName: String?
  /// Application protocols (RFC 7301), best first.
  package var protocols: [String]
  /// A hello of our own making in place of OpenSSL's; the connection ends with the answer to it.
  package var hello: Hello?

  package init(
    minimum: TLSPolicy.Version? = nil, maximum: TLSPolicy.Version? = nil, ciphers: String? = nil,
    serverName: String? = nil, protocols: [String] = [], hello: Hello? = nil
  ) {
    self.minimum = minimum
    self.maximum = maximum
    self.ciphers = ciphers
    self.serverName = serverName
    self.protocols = protocols
    self.hello = hello
  }

  /// What OpenSSL cannot offer, by name.
  package enum Hello: String, Sendable, CaseIterable {
    /// SSL 3.0 and nothing newer.
    case ssl3
    /// TLS 1.2 with compressed records.
    case compression
    /// TLS 1.2 with a question for secure renegotiation.
    case renegotiationInfo = "renegotiation-info"
    /// TLS 1.2 with no cipher but those that encrypt nothing or as good as nothing.
    case weakCiphers = "weak-ciphers"
  }
}

/// A condition on what came of a handshake; each looks only at answers of which it can say something.
package enum TLSCondition: Sendable, Equatable {
  /// The version agreed on is one of these.
  case version([TLSPolicy.Version])
  /// The regular expression matches somewhere in OpenSSL's name of the cipher.
  case cipher(String)
  /// Whether the extended master secret is in use (RFC 7627).
  case extendedMasterSecret(Bool)
  /// Whether records are compressed.
  case compression(Bool)
  /// Whether the server knows secure renegotiation (RFC 5746).
  case secureRenegotiation(Bool)
  /// Whether the server asked for a certificate of ours.
  case asksCertificate(Bool)
  case certificate(CertificateRule)
  /// The handshake was refused with this alert of the peer's, in OpenSSL's words.
  case alert(String)
  /// The peer ended TLS before it ended the connection (RFC 8446 section 6.1).
  case closeNotify
}

/// What can be demanded of a server's certificate.
package enum CertificateRule: String, Sendable, CaseIterable {
  /// It is valid today and verifies with the authorities of the profile, its names left aside.
  case trusted
  /// One of its DNS names or addresses is the one by which the profile reaches the target.
  case namesHost = "names-host"
  /// It does not name the target by its common name alone (RFC 9525 section 2).
  case notByCommonName = "not-by-common-name"
  /// A `*` in a name is the whole of the leftmost label (RFC 7817 section 3).
  case wholeWildcards = "whole-wildcards"
}
