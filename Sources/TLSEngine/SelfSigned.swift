// SPDX-License-Identifier: Apache-2.0
//
// Certificates of our own: an authority and a leaf under it, made in memory when a relay starts. No
// file is written and nobody else is ever asked to trust them.

import COpenSSL
import Glibc

/// The kinds of keys that our own certificates have.
package enum TLSKeyKind: Sendable, Hashable {
  /// On the curve P-256.
  case p256
  /// RSA with 2048 bits.
  case rsa2048
}

/// Makes identities for servers and clients of tests and of the embedded relay.
package enum SelfSigned {
  /// What a made certificate says.
  package struct Wish: Sendable {
    /// The leaf's DNS names and IP addresses; the first is its common name, too.
    package var names: [String]
    /// The leaf's common name, where it is another than the first of the names.
    package var commonName: String?
    /// What kind of key the leaf has.
    package var key: TLSKeyKind
    /// Valid from, in seconds from now; one hour before, for clocks that differ.
    package var notBefore: Int64
    /// Valid until, in seconds from now; in the past for a certificate that has expired.
    package var notAfter: Int64

    package init(
      names: [String], commonName: String? = nil, key: TLSKeyKind = .p256,
      notBefore: Int64 = -3_600, notAfter: Int64 = 86_400
    ) {
      self.names = names
      self.commonName = commonName
      self.key = key
      self.notBefore = notBefore
      self.notAfter = notAfter
    }
  }

  /// An authority of our own, which can issue any number of certificates.
  package final class Authority {
    /// The authority's certificate in PEM form, for others to trust.
    package let pem: [UInt8]
    private let certificate: Certificate
    private let key: PrivateKey

    /// Makes an authority with a key on P-256, valid for ten years.
    ///
    /// - Throws: ``TLSError/Code/material`` where OpenSSL cannot.
    package init(name: String = "Relaymark test authority") throws(TLSError) {
      let tenYears: Int64 = 10 * 366 * 86_400
      key = try SelfSigned.key(.p256)
      let builder = try CertificateBuilder(subject: name)
      try builder.setValidity(from: -tenYears, to: tenYears)
      try builder.setKey(key)
      try builder.add(NID_basic_constraints, "critical,CA:TRUE")
      try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign")
      try builder.add(NID_subject_key_identifier, "hash")
      certificate = try builder.sign(issuer: nil, key: key)
      pem = try PEM.text(of: certificate)
    }

    /// Issues a certificate for both sides of TLS, with a fresh key.
    ///
    /// - Throws: ``TLSError/Code/material`` where OpenSSL cannot, because of a name for example.
    package func issue(_ wish: Wish) throws(TLSError) -> TLSIdentity {
      let leafKey = try SelfSigned.key(wish.key)
      let builder = try CertificateBuilder(
        subject: wish.commonName ?? wish.names.first ?? "nameless")
      try builder.setValidity(from: wish.notBefore, to: wish.notAfter)
      try builder.setKey(leafKey)
      try builder.add(NID_basic_constraints, "critical,CA:FALSE")
      // The old exchange of TLS_RSA encrypts the secret to the key itself.
      let usage = wish.key == .rsa2048 ? "digitalSignature,keyEncipherment" : "digitalSignature"
      try builder.add(NID_key_usage, "critical,\(usage)")
      try builder.add(NID_ext_key_usage, "serverAuth,clientAuth")
      try builder.add(NID_subject_key_identifier, "hash")
      try builder.add(NID_authority_key_identifier, "keyid", issuer: certificate)
      try builder.add(alternativeNames: wish.names)
      let leaf = try builder.sign(issuer: certificate, key: key)
      return try TLSIdentity(chainPEM: PEM.text(of: leaf) + pem, keyPEM: PEM.text(of: leafKey))
    }
  }

  /// An identity under an authority of its own, valid from an hour ago for so many days.
  ///
  /// With less than no days it has expired that long ago.
  ///
  /// - Throws: ``TLSError/Code/material`` where OpenSSL cannot.
  package static func identity(
    names: [String], commonName: String? = nil, key: TLSKeyKind = .p256, days: Int = 30
  ) throws(TLSError) -> (identity: TLSIdentity, authorityPEM: [UInt8]) {
    let authority = try Authority()
    let wish = Wish(
      names: names, commonName: commonName, key: key, notBefore: min(-3_600, Int64(days) * 172_800),
      notAfter: Int64(days) * 86_400)
    return (try authority.issue(wish), authority.pem)
  }

  private static func key(_ kind: TLSKeyKind) throws(TLSError) -> PrivateKey {
    ErrorQueue.clear()
    let made =
      switch kind {
      case .p256: relaymark_generate_p256()
      case .rsa2048: relaymark_generate_rsa2048()
      }
    guard let key = made else {
      throw ErrorQueue.error(.material, operation: "make a key")
    }
    return PrivateKey(owned: key)
  }
}

/// A certificate while it is being made.
private struct CertificateBuilder {
  private let certificate: Certificate

  init(subject: String) throws(TLSError) {
    ErrorQueue.clear()
    guard let pointer = X509_new() else { throw Self.failure() }
    certificate = Certificate(owned: pointer)
    // RFC 5280 section 4.1.2.2: unique and positive; 63 random bits are both.
    let serial = Digests.random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 1 | 1
    try require(X509_set_version(pointer, Int(X509_VERSION_3)))
    try require(ASN1_INTEGER_set_uint64(X509_get_serialNumber(pointer), serial))
    // RFC 5280 appendix A.1: a common name has at most 64 characters.
    let name = String(subject.prefix(64))
    try require(
      X509_NAME_add_entry_by_NID(
        X509_get_subject_name(pointer), NID_commonName, MBSTRING_UTF8, Array(name.utf8),
        Int32(name.utf8.count), -1, 0))
  }

  func setValidity(from: Int64, to: Int64) throws(TLSError) {
    let now = time(nil)
    let pointer = certificate.pointer
    guard ASN1_TIME_set(X509_getm_notBefore(pointer), now + Int(from)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(pointer), now + Int(to)) != nil
    else { throw Self.failure() }
  }

  func setKey(_ key: PrivateKey) throws(TLSError) {
    try require(X509_set_pubkey(certificate.pointer, key.pointer))
  }

  /// Adds an extension in the notation of OpenSSL's configuration files.
  func add(_ kind: Int32, _ value: String, issuer: Certificate? = nil) throws(TLSError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer?.pointer, certificate.pointer, nil, nil, 0)
    guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else { throw Self.failure() }
    defer { X509_EXTENSION_free(made) }
    try require(X509_add_ext(certificate.pointer, made, -1))
  }

  /// Adds the names one by one, so that no octet in a name can mean another name.
  func add(alternativeNames names: [String]) throws(TLSError) {
    guard !names.isEmpty else { return }
    guard let list = GENERAL_NAMES_new() else { throw Self.failure() }
    defer { GENERAL_NAMES_free(list) }
    for name in names {
      guard let entry = GENERAL_NAME_new() else { throw Self.failure() }
      guard Self.fill(entry, with: name), relaymark_sk_GENERAL_NAME_push(list, entry) > 0 else {
        GENERAL_NAME_free(entry)
        throw Self.failure()
      }
    }
    let space = UnsafeMutableRawPointer(list)
    try require(X509_add1_ext_i2d(certificate.pointer, NID_subject_alt_name, space, 0, 0))
  }

  private static func fill(_ entry: UnsafeMutablePointer<GENERAL_NAME>, with name: String) -> Bool {
    if isAddress(name) {
      guard let address = a2i_IPADDRESS(name) else { return false }
      GENERAL_NAME_set0_value(entry, GEN_IPADD, address)
      return true
    }
    guard let text = ASN1_IA5STRING_new() else { return false }
    guard ASN1_STRING_set(text, name, Int32(name.utf8.count)) == 1 else {
      ASN1_IA5STRING_free(text)
      return false
    }
    GENERAL_NAME_set0_value(entry, GEN_DNS, text)
    return true
  }

  /// Signs with ECDSA and SHA-256; no issuer means itself.
  func sign(issuer: Certificate?, key: PrivateKey) throws(TLSError) -> Certificate {
    let pointer = certificate.pointer
    try require(
      X509_set_issuer_name(pointer, X509_get_subject_name(issuer?.pointer ?? pointer)))
    guard X509_sign(pointer, key.pointer, EVP_sha256()) > 0 else { throw Self.failure() }
    return certificate
  }

  private func require(_ done: Int32) throws(TLSError) {
    guard done == 1 else { throw Self.failure() }
  }

  private static func failure() -> TLSError {
    ErrorQueue.error(.material, operation: "make a certificate")
  }
}
