// SPDX-License-Identifier: Apache-2.0
//
// Reads out of OpenSSL's certificates what CertificateFacts hold.

import COpenSSL
import Glibc

/// A chain together with its facts.
final class ReadChain: Sendable {
  let facts: [CertificateFacts]
  private let certificates: [Certificate]

  init(_ borrowed: [OpaquePointer]) {
    certificates = borrowed.map { Certificate(borrowed: $0) }
    facts = borrowed.map(CertificateReader.facts)
  }

  /// Whether the chain holds the same certificates; OpenSSL compares their digests.
  func isOf(_ others: [OpaquePointer]) -> Bool {
    certificates.count == others.count
      && zip(certificates, others).allSatisfy { X509_cmp($0.pointer, $1) == 0 }
  }
}

enum CertificateReader {
  static func facts(of certificate: OpaquePointer) -> CertificateFacts {
    let key = X509_get0_pubkey(certificate)
    return CertificateFacts(
      subject: name(X509_get_subject_name(certificate)),
      commonName: commonName(of: X509_get_subject_name(certificate)),
      issuer: name(X509_get_issuer_name(certificate)),
      names: alternativeNames(of: certificate),
      serial: serial(of: certificate),
      notBefore: seconds(X509_get0_notBefore(certificate)),
      notAfter: seconds(X509_get0_notAfter(certificate)),
      keyKind: key.flatMap { EVP_PKEY_get0_type_name($0) }.map { String(cString: $0) } ?? "unknown",
      keyBits: key.map { Int(EVP_PKEY_get_bits($0)) } ?? 0,
      signatureAlgorithm: OBJ_nid2sn(X509_get_signature_nid(certificate)).map {
        String(cString: $0)
      } ?? "unknown",
      fingerprint: fingerprint(of: certificate))
  }

  /// The DNS names and IP addresses of the subject alternative names, RFC 5280 section 4.2.1.6.
  static func alternativeNames(of certificate: OpaquePointer) -> [String] {
    guard let list = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
      ErrorQueue.clear()
      return []
    }
    let names = OpaquePointer(list)
    defer { GENERAL_NAMES_free(names) }
    return (0..<relaymark_sk_GENERAL_NAME_num(names)).compactMap { index in
      guard let name = relaymark_sk_GENERAL_NAME_value(names, index) else { return nil }
      var kind: Int32 = 0
      guard let value = GENERAL_NAME_get0_value(name, &kind) else { return nil }
      switch kind {
      case GEN_DNS: return printable(octets(of: value))
      case GEN_IPADD: return address(octets(of: value))
      default: return nil
      }
    }
  }

  /// Seconds since 1970; 0 where the certificate says nothing readable.
  static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
    var parts = tm()
    guard ASN1_TIME_to_tm(time, &parts) == 1 else {
      ErrorQueue.clear()
      return 0
    }
    return Int64(timegm(&parts))
  }

  private static func name(_ name: OpaquePointer?) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    X509_NAME_print_ex(bio, name, 0, relaymark_XN_FLAG_RFC2253)
    var octets: UnsafeMutablePointer<CChar>?
    let count = relaymark_BIO_get_mem_data(bio, &octets)
    return printable(UnsafeRawBufferPointer(start: octets, count: count))
  }

  /// The most specific common name, which is the last (RFC 9525 appendix A, on what went before).
  private static func commonName(of subject: OpaquePointer?) -> String? {
    var place: Int32 = -1
    var last: Int32 = -1
    repeat {
      place = X509_NAME_get_index_by_NID(subject, NID_commonName, place)
      if place >= 0 { last = place }
    } while place >= 0
    guard last >= 0, let entry = X509_NAME_get_entry(subject, last),
      let value = X509_NAME_ENTRY_get_data(entry)
    else { return nil }
    return printable(octets(of: UnsafeMutableRawPointer(value)))
  }

  private static func serial(of certificate: OpaquePointer) -> String {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else {
      return ""
    }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "" }
    defer { CRYPTO_free(text, nil, 0) }
    return String(cString: text)
  }

  private static func fingerprint(of certificate: OpaquePointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { space, count in
      var length: UInt32 = 0
      let done = X509_digest(certificate, EVP_sha256(), space.baseAddress, &length)
      count = done == 1 ? Int(length) : 0
    }
  }

  private static func octets(of value: UnsafeMutableRawPointer) -> UnsafeRawBufferPointer {
    let text = value.assumingMemoryBound(to: ASN1_STRING.self)
    return UnsafeRawBufferPointer(
      start: ASN1_STRING_get0_data(text), count: Int(ASN1_STRING_length(text)))
  }

  private static func address(_ octets: UnsafeRawBufferPointer) -> String {
    let family = octets.count == 4 ? AF_INET : AF_INET6
    guard octets.count == 4 || octets.count == 16 else { return printable(octets) }
    let text = [CChar](unsafeUninitializedCapacity: Int(INET6_ADDRSTRLEN)) { space, count in
      inet_ntop(family, octets.baseAddress, space.baseAddress, socklen_t(INET6_ADDRSTRLEN))
      count = Int(INET6_ADDRSTRLEN)
    }
    return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }
}
