// SPDX-License-Identifier: Apache-2.0
//
// What a user may ask of TLS, as plain values, for clients and for servers. Knows no OpenSSL: a
// context turns these values into one, and says what was wrong with them.

/// A version of TLS.
///
/// The cases keep the underscore: `tls12` could be read as version twelve.
// swift-format-ignore: AlwaysUseLowerCamelCase
package enum TLSVersion: String, Sendable, Hashable, CaseIterable, Comparable {
  /// RFC 2246, retired by RFC 8996; spoken only where it is asked for.
  case tls1_0 = "1.0"
  /// RFC 4346, retired by RFC 8996; spoken only where it is asked for.
  case tls1_1 = "1.1"
  /// RFC 5246.
  case tls1_2 = "1.2"
  /// RFC 8446.
  case tls1_3 = "1.3"

  package static func < (left: TLSVersion, right: TLSVersion) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// A certificate chain and its private key, both in PEM form.
///
/// The octets are read when a context is made of them; printing an identity shows no key.
package struct TLSIdentity: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// The leaf's certificate first, then those that lead to the authority.
  package var chainPEM: [UInt8]
  /// The leaf's private key, not encrypted.
  package var keyPEM: [UInt8]

  package init(chainPEM: [UInt8], keyPEM: [UInt8]) {
    self.chainPEM = chainPEM
    self.keyPEM = keyPEM
  }

  /// Reads both from files; they may be one and the same.
  ///
  /// - Throws: ``TLSError/Code/material`` where a file cannot be read or is longer than 1 MiB.
  package init(chainFile: String, keyFile: String) throws(TLSError) {
    chainPEM = try PEM.file(chainFile, holding: "the certificate chain")
    keyPEM = try PEM.file(keyFile, holding: "the private key")
  }

  package var description: String { "TLS identity (chain of \(chainPEM.count) octets, key hidden)" }
  package var customMirror: Mirror { Mirror(self, children: ["chainPEM": chainPEM]) }
}

/// Whose certificates are believed.
package enum TLSTrust: Sendable, Hashable {
  /// The authorities that the system trusts.
  case system
  /// Only the authorities in a PEM file, or the hashed PEM files of a folder.
  case authorities(String)
  /// Only the authorities in these octets, in PEM form.
  case pem([UInt8])
  /// Whoever answers; what verification against the system's authorities would have said is still
  /// among the facts.
  case unverified
}

/// How a client speaks TLS.
package struct TLSClientSettings: Sendable, Hashable {
  /// The oldest version offered; TLS 1.2 where nothing is said.
  ///
  /// Less than 1.2 lowers OpenSSL's security level to 0, without which the old versions' digests
  /// are refused.
  package var minimum: TLSVersion?
  /// The newest version offered; TLS 1.3 where nothing is said.
  package var maximum: TLSVersion?
  /// The cipher list for TLS 1.2 and older in OpenSSL's notation, `ECDHE+AESGCM:!aNULL`.
  package var ciphers: String?
  /// The cipher suites for TLS 1.3, separated by colons, `TLS_AES_128_GCM_SHA256`.
  package var cipherSuites: String?
  /// The groups offered, separated by colons, best first, `X25519:P-256`.
  package var groups: String?
  /// The application protocols offered, RFC 7301, best first.
  package var applicationProtocols: [String]
  /// The name sent as server name indication, RFC 6066 section 3; an address is never sent.
  package var serverName: String?
  /// Whose certificates are believed.
  package var trust: TLSTrust
  /// Whether a certificate that does not verify ends the handshake; else what is wrong with it is
  /// only among the facts.
  package var refusesPeer: Bool
  /// The DNS name or IP address that the certificate must carry as a subject alternative name,
  /// RFC 9525; where nil no name is compared.
  package var verifyName: String?
  /// The certificate shown to servers that ask for one.
  package var identity: TLSIdentity?
  /// Whether earlier sessions with the same peer are resumed; false makes every handshake a full
  /// one.
  package var resumption: Bool
  /// Whether OpenSSL gives its record buffers back while a connection is idle; saves 34 KiB each.
  package var releaseBuffers: Bool
  /// The most octets of clear text in one record that is sent, 512 to 16384.
  ///
  /// Where nil OpenSSL fills records. Small ones try the peer's reader.
  package var recordLimit: Int?

  package init(
    minimum: TLSVersion? = nil, maximum: TLSVersion? = nil, ciphers: String? = nil,
    cipherSuites: String? = nil, groups: String? = nil, applicationProtocols: [String] = [],
    serverName: String? = nil, trust: TLSTrust = .system, refusesPeer: Bool = true,
    verifyName: String? = nil, identity: TLSIdentity? = nil,
    resumption: Bool = true, releaseBuffers: Bool = true, recordLimit: Int? = nil
  ) {
    self.minimum = minimum
    self.maximum = maximum
    self.ciphers = ciphers
    self.cipherSuites = cipherSuites
    self.groups = groups
    self.applicationProtocols = applicationProtocols
    self.serverName = serverName
    self.trust = trust
    self.refusesPeer = refusesPeer
    self.verifyName = verifyName
    self.identity = identity
    self.resumption = resumption
    self.releaseBuffers = releaseBuffers
    self.recordLimit = recordLimit
  }
}

/// What a server wants to know about its clients' certificates.
package enum TLSClientCertificates: Sendable, Hashable {
  /// Does not ask for one.
  case none
  /// Asks for one and goes on without one; what verification said is among the facts.
  case request(TLSTrust)
  /// Refuses clients without a certificate that verifies.
  case require(TLSTrust)
}

/// How a server speaks TLS.
package struct TLSServerSettings: Sendable, Hashable {
  /// The certificate shown to every client.
  package var identity: TLSIdentity
  /// The oldest version accepted; TLS 1.2 where nothing is said (RFC 9325 section 3.1.1).
  package var minimum: TLSVersion?
  /// The newest version accepted; TLS 1.3 where nothing is said.
  package var maximum: TLSVersion?
  /// The cipher list for TLS 1.2 and older in OpenSSL's notation; where nil only authenticated
  /// ciphers with ephemeral elliptic curves (RFC 9325 section 4.2).
  package var ciphers: String?
  /// The cipher suites for TLS 1.3, separated by colons.
  package var cipherSuites: String?
  /// The groups accepted, separated by colons, best first.
  package var groups: String?
  /// Whether our order of ciphers counts, and not the client's.
  package var prefersOwnCiphers: Bool
  /// Whether clients that have TLS 1.2 get it although they have 1.3, too.
  package var prefersTLS12: Bool
  /// Whether TLS 1.2 and older use the extended master secret, RFC 7627.
  package var extendedMasterSecret: Bool
  /// The application protocol to name whatever the client offers; nil: ALPN is passed over.
  package var applicationProtocol: String?
  /// The server names that are served, RFC 6066 section 3; nil: every one.
  ///
  /// Clients that indicate another get unrecognized_name, RFC 9325 section 3.7.
  package var serverNames: [String]?
  /// Whether clients get tickets to resume with; false makes every handshake a full one.
  package var resumption: Bool
  /// Whether clients are asked for a certificate.
  package var clientCertificates: TLSClientCertificates
  /// Whether OpenSSL gives its record buffers back while a connection is idle.
  package var releaseBuffers: Bool
  /// The most octets of clear text in one record that is sent, 512 to 16384.
  package var recordLimit: Int?

  package init(
    identity: TLSIdentity, minimum: TLSVersion? = nil, maximum: TLSVersion? = nil,
    ciphers: String? = nil, cipherSuites: String? = nil, groups: String? = nil,
    prefersOwnCiphers: Bool = true, prefersTLS12: Bool = false,
    extendedMasterSecret: Bool = true,
    applicationProtocol: String? = nil, serverNames: [String]? = nil,
    resumption: Bool = true, clientCertificates: TLSClientCertificates = .none,
    releaseBuffers: Bool = true, recordLimit: Int? = nil
  ) {
    self.identity = identity
    self.minimum = minimum
    self.maximum = maximum
    self.ciphers = ciphers
    self.cipherSuites = cipherSuites
    self.groups = groups
    self.prefersOwnCiphers = prefersOwnCiphers
    self.prefersTLS12 = prefersTLS12
    self.extendedMasterSecret = extendedMasterSecret
    self.applicationProtocol = applicationProtocol
    self.serverNames = serverNames
    self.resumption = resumption
    self.clientCertificates = clientCertificates
    self.releaseBuffers = releaseBuffers
    self.recordLimit = recordLimit
  }
}
