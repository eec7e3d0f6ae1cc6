// SPDX-License-Identifier: Apache-2.0
//
// What a finished handshake has shown, as plain values, and the events by which the handler tells
// of a connection's life. Knows no OpenSSL.

package import NIOCore

/// What was agreed in a handshake and who the peer said it was.
package struct TLSFacts: Sendable, Hashable {
  package var version: TLSVersion
  /// OpenSSL's name of the cipher, `TLS_AES_256_GCM_SHA384` or `ECDHE-RSA-AES128-GCM-SHA256`.
  package var cipher: String
  /// The group of the key exchange, `x25519` or `secp256r1`; nil where none was used.
  package var group: String?
  /// Whether an earlier session went on instead of a full handshake.
  package var resumed: Bool
  /// The peer's certificates, its own first; empty where it showed none.
  package var chain: [CertificateFacts]
  /// The word `ok`, or why the peer's certificate does not verify.
  ///
  /// Where the peer showed no certificate it is `ok` too, for nothing spoke against it; see
  /// ``isVerified``.
  package var verification: String
  /// The server name that the client indicated, RFC 6066 section 3.
  package var serverName: String?
  /// Whether TLS 1.2 or older used the extended master secret, RFC 7627; true for TLS 1.3.
  package var extendedMasterSecret: Bool
  /// Whether the peer knows secure renegotiation, RFC 5746; true for TLS 1.3, which has none.
  package var secureRenegotiation: Bool
  /// Whether records are compressed, which TLS 1.3 cannot; RFC 9325 section 3.3.
  package var compressed: Bool
  /// Whether the peer asked us for a certificate, RFC 8446 section 4.3.2.
  package var asksCertificate: Bool
  /// The application protocol that the server chose, RFC 7301; nil where it chose none.
  package var applicationProtocol: String?
  /// The channel binding `tls-exporter` of RFC 9266, 32 octets; nil where it would not be unique,
  /// which is before TLS 1.3 without the extended master secret.
  package var channelBinding: [UInt8]?

  package init(
    version: TLSVersion, cipher: String, group: String? = nil, resumed: Bool = false,
    chain: [CertificateFacts] = [], verification: String = "ok", serverName: String? = nil,
    extendedMasterSecret: Bool = true, secureRenegotiation: Bool = true,
    compressed: Bool = false, asksCertificate: Bool = false, applicationProtocol: String? = nil,
    channelBinding: [UInt8]? = nil
  ) {
    self.version = version
    self.cipher = cipher
    self.group = group
    self.resumed = resumed
    self.chain = chain
    self.verification = verification
    self.serverName = serverName
    self.extendedMasterSecret = extendedMasterSecret
    self.secureRenegotiation = secureRenegotiation
    self.compressed = compressed
    self.asksCertificate = asksCertificate
    self.applicationProtocol = applicationProtocol
    self.channelBinding = channelBinding
  }

  /// Whether the peer's certificate verified, its name included where one was to be compared.
  package var isVerified: Bool { verification == "ok" && !chain.isEmpty }
}

/// One certificate, as far as reports speak of it.
package struct CertificateFacts: Sendable, Hashable {
  /// The subject's distinguished name in the notation of RFC 2253.
  package var subject: String
  /// The last common name of the subject; nil where there is none.
  package var commonName: String?
  /// The issuer's distinguished name in the notation of RFC 2253.
  package var issuer: String
  /// The DNS names and IP addresses among the subject alternative names; control characters are
  /// shown as `\xNN`.
  package var names: [String]
  /// The serial number in hexadecimal.
  package var serial: String
  /// Valid from, in seconds since 1970 UTC.
  package var notBefore: Int64
  /// Valid until, in seconds since 1970 UTC.
  package var notAfter: Int64
  /// The kind of the public key, `EC`, `RSA` or `ED25519`.
  package var keyKind: String
  /// The size of the public key in bits.
  package var keyBits: Int
  /// How the issuer signed, `ecdsa-with-SHA256`.
  package var signatureAlgorithm: String
  /// The SHA-256 digest of the certificate's DER form, 32 octets.
  package var fingerprint: [UInt8]

  package init(
    subject: String, commonName: String? = nil, issuer: String, names: [String], serial: String,
    notBefore: Int64,
    notAfter: Int64, keyKind: String, keyBits: Int, signatureAlgorithm: String,
    fingerprint: [UInt8]
  ) {
    self.subject = subject
    self.commonName = commonName
    self.issuer = issuer
    self.names = names
    self.serial = serial
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.keyKind = keyKind
    self.keyBits = keyBits
    self.signatureAlgorithm = signatureAlgorithm
    self.fingerprint = fingerprint
  }
}

/// What happens to TLS on a connection; fired as inbound user events.
///
/// A handshake ends in exactly one of ``handshakeCompleted(_:)`` and ``handshakeFailed(_:)``,
/// unless this side closes first. After that at most one of ``closeNotify``, ``truncated`` and
/// ``failed(_:)`` follows.
package enum TLSEvent: Sendable {
  /// The handshake is over; clear text flows from here on.
  case handshakeCompleted(TLSFacts)
  /// The handshake has failed; the alert, if any, is on its way and the connection is being closed.
  case handshakeFailed(TLSError)
  /// The peer will send no more over TLS (RFC 8446 section 6.1). This side may still write; closing
  /// is the owner's move.
  case closeNotify
  /// The peer's octets ended without a close_notify: what came before may not be all. Fired before
  /// `channelInactive`; not fired where this side closed first.
  case truncated
  /// TLS broke after the handshake: a fatal alert (a TLS 1.3 server refuses a client's certificate
  /// only now) or a record that is none. The connection is being closed.
  case failed(TLSError)
  /// Octets behind the peer's close_notify, in clear text or not; they are nobody's input.
  case octetsBehindCloseNotify(ByteBuffer)
}
