// SPDX-License-Identifier: Apache-2.0
//
// What a reader can do about a handshake that failed: OpenSSL's reasons turned into advice.

import COpenSSL
import Glibc
import NIOCore

enum Diagnosis {
  /// What the certificate says about itself, where that explains why it was refused.
  static func detail(for verification: Int, leaf: CertificateFacts?, wanted: String?) -> String? {
    guard let leaf else { return nil }
    switch Int32(truncatingIfNeeded: verification) {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      let names = leaf.names.isEmpty ? "no name" : leaf.names.joined(separator: ", ")
      return "it names \(names); wanted was \(wanted ?? "another")"
    case X509_V_ERR_CERT_HAS_EXPIRED: return "valid until \(day(leaf.notAfter))"
    case X509_V_ERR_CERT_NOT_YET_VALID: return "valid from \(day(leaf.notBefore))"
    default: return "issued by \(leaf.issuer)"
    }
  }

  /// What to do about a certificate that does not verify.
  static func cure(for verification: Int) -> String {
    switch Int32(truncatingIfNeeded: verification) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
      X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      "trust the authority that issued it, or do not verify this peer"
    case X509_V_ERR_CERT_HAS_EXPIRED: "renew it, or check this machine's clock"
    case X509_V_ERR_CERT_NOT_YET_VALID: "check this machine's clock, or wait"
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      "reach the peer by one of its names, or say which name to compare"
    case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK:
      "the peer needs a stronger key or digest"
    case X509_V_ERR_INVALID_PURPOSE: "the peer needs a certificate for this side of TLS"
    default: ""
    }
  }

  /// What to do about a handshake that failed otherwise.
  static func cure(
    for alert: TLSAlert?, entries: [ErrorQueue.Entry], role: SharedContext.Role
  ) -> String {
    if let alert, !alert.sent { return cure(received: alert, role: role) }
    switch entries.last(where: { $0.library == ERR_LIB_SSL })?.reason {
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE:
      return "the peer speaks none of the allowed versions; change the oldest or the newest one"
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_CIPHERS_AVAILABLE:
      return "both sides need a common cipher; change the cipher list or the suites"
    case SSL_R_NO_SUITABLE_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_WRONG_CURVE:
      return "both sides need a common group"
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "the client must show a certificate"
    default: return ""
    }
  }

  /// An alert's name in OpenSSL's words, and ours where it has none.
  static func name(ofAlert value: Int32) -> String {
    switch value & 0xFF {
    case SSL_AD_MISSING_EXTENSION: "missing extension"
    case SSL_AD_CERTIFICATE_REQUIRED: "certificate required"
    case SSL_AD_NO_APPLICATION_PROTOCOL: "no application protocol"
    default: SSL_alert_desc_string_long(value).map { String(cString: $0) } ?? "unknown"
    }
  }

  private static func cure(received alert: TLSAlert, role: SharedContext.Role) -> String {
    switch (Int32(alert.number), role) {
    case (SSL_AD_PROTOCOL_VERSION, _):
      "the peer refuses the versions that we offer; change the oldest or the newest one"
    case (SSL_AD_HANDSHAKE_FAILURE, _), (SSL_AD_INSUFFICIENT_SECURITY, _):
      "the peer shares no cipher or group with us, or wants a certificate"
    case (SSL_AD_CERTIFICATE_REQUIRED, _): "show the peer a client certificate"
    case (SSL_AD_UNKNOWN_CA, .client): "the peer does not trust who issued our client certificate"
    case (SSL_AD_UNKNOWN_CA, .server): "the peer must trust the authority of our certificate"
    case (SSL_AD_UNRECOGNIZED_NAME, _): "the peer does not serve the server name that we indicate"
    default: ""
    }
  }

  /// The day of an instant in seconds since 1970, `2026-11-25`.
  static func day(_ seconds: Int64) -> String {
    var parts = tm()
    var time = time_t(seconds)
    guard gmtime_r(&time, &parts) != nil else { return "\(seconds) s since 1970" }
    func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(twoDigits(parts.tm_mon + 1))-\(twoDigits(parts.tm_mday))"
  }
}

/// The first octets of a peer, kept only where they are not TLS.
struct Opening {
  /// As much of a clear-text line as a message quotes.
  private static let limit = 80

  private var hasBegun = false
  private var octets: [UInt8] = []

  /// Takes in what came next.
  mutating func note(_ next: ByteBufferView) {
    if !hasBegun, let first = next.first {
      hasBegun = true
      // RFC 8446 section 5.1: the types of records are 20 to 23; every other first octet is foreign.
      if (20...23).contains(first) { return }
      octets.reserveCapacity(Self.limit)
    } else if octets.isEmpty {
      return
    }
    octets += next.prefix(Self.limit - octets.count)
  }

  /// The first line of a peer that does not speak TLS, for people; nil where it does.
  var clearText: String? {
    guard !octets.isEmpty else { return nil }
    return "\"\(printable(octets.prefix { $0 != 0x0D && $0 != 0x0A }))\""
  }
}
