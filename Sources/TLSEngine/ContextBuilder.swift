// SPDX-License-Identifier: Apache-2.0
//
// Turns settings into an SSL_CTX, step by step, each with an error that says what was wrong.

import COpenSSL
import Glibc

/// An SSL_CTX while it is being built and after.
///
/// Sendable: nothing changes it once its context's initializer has returned, and OpenSSL guards
/// reference counts and ticket keys itself.
final class ContextHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// An SSL_CTX with what is the same for everybody.
  init(releaseBuffers: Bool, resumption: Bool) throws(TLSError) {
    ErrorQueue.clear()
    guard let pointer = SSL_CTX_new(TLS_method()) else {
      throw ErrorQueue.error(.settings, operation: "start OpenSSL")
    }
    self.pointer = pointer
    var mode = Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
    if releaseBuffers { mode |= Int(SSL_MODE_RELEASE_BUFFERS) }
    _ = relaymark_SSL_CTX_set_mode(pointer, mode)
    var options = relaymark_SSL_OP_NO_RENEGOTIATION | relaymark_SSL_OP_NO_COMPRESSION
    if !resumption { options |= relaymark_SSL_OP_NO_TICKET }
    SSL_CTX_set_options(pointer, options)
    _ = relaymark_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
    SSL_CTX_set_info_callback(pointer, TLSConnection.noteAlert)
  }

  deinit { SSL_CTX_free(pointer) }
}

extension ContextHandle {
  /// The oldest version that anybody speaks unasked, RFC 8996 and RFC 9325 section 3.1.1.
  static let oldestUnasked = TLSVersion.tls1_2

  /// Sets the versions' floor and ceiling.
  ///
  /// Versions before 1.2 sign with SHA-1, which OpenSSL 3 allows at security level 0 only.
  ///
  /// - Returns: The floor and the ceiling that hold.
  func setVersions(
    _ minimum: TLSVersion?, _ maximum: TLSVersion?
  ) throws(TLSError) -> ClosedRange<TLSVersion> {
    let ceiling = maximum ?? .tls1_3
    let floor = minimum ?? min(Self.oldestUnasked, ceiling)
    guard floor <= ceiling else {
      throw TLSError(
        .settings, operation: "set the versions",
        detail: "the oldest is \(floor.rawValue), the newest \(ceiling.rawValue)")
    }
    if floor < Self.oldestUnasked { SSL_CTX_set_security_level(pointer, 0) }
    ErrorQueue.clear()
    guard relaymark_SSL_CTX_set_min_proto_version(pointer, floor.wireVersion) == 1,
      relaymark_SSL_CTX_set_max_proto_version(pointer, ceiling.wireVersion) == 1
    else { throw ErrorQueue.error(.settings, operation: "set the versions") }
    return floor...ceiling
  }

  /// Sets ciphers, cipher suites and groups; nil leaves OpenSSL's own choice.
  func setAlgorithms(
    ciphers: String?, cipherSuites: String?, groups: String?
  ) throws(TLSError) {
    try set(
      ciphers, "the cipher list", "openssl ciphers -v lists the names", SSL_CTX_set_cipher_list)
    try set(
      cipherSuites, "the cipher suites", "openssl ciphers -v -s -tls1_3 lists the names",
      SSL_CTX_set_ciphersuites)
    try set(groups, "the groups", "X25519, P-256, P-384 and P-521 are groups") {
      Int32(relaymark_SSL_CTX_set1_groups_list($0, $1))
    }
  }

  private func set(
    _ value: String?, _ what: String, _ cure: String,
    _ apply: (OpaquePointer?, UnsafePointer<CChar>?) -> Int32
  ) throws(TLSError) {
    guard let value else { return }
    ErrorQueue.clear()
    guard apply(pointer, value) == 1 else {
      throw ErrorQueue.error(
        .settings, operation: "set \(what) to \"\(printable(value.utf8))\"", cure: cure)
    }
  }

  /// Sets the application protocols to offer, RFC 7301 section 3.1.
  func setApplicationProtocols(_ names: [String]) throws(TLSError) {
    guard !names.isEmpty else { return }
    let list = names.flatMap { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8) }
    guard names.allSatisfy({ (1...255).contains($0.utf8.count) }),
      SSL_CTX_set_alpn_protos(pointer, list, UInt32(list.count)) == 0
    else {
      throw TLSError(
        .settings, operation: "offer the application protocols",
        detail: "a name has 1 to 255 octets")
    }
  }

  /// Makes sure that there is a cipher to offer: a handshake that fails before it has begun would
  /// look as if the peer had refused it.
  func requireCiphers() throws(TLSError) {
    ErrorQueue.clear()
    guard let connection = SSL_new(pointer) else {
      throw ErrorQueue.error(.settings, operation: "start a connection")
    }
    defer { SSL_free(connection) }
    SSL_set_connect_state(connection)
    guard relaymark_SSL_offered_ciphers(connection) > 0 else {
      ErrorQueue.clear()
      throw TLSError(
        .settings, operation: "offer these versions and ciphers",
        detail: "this OpenSSL has no cipher that fits them")
    }
  }

  /// Sets how much clear text a record holds at most; OpenSSL knows the range.
  func setRecordLimit(_ limit: Int?) throws(TLSError) {
    guard let limit else { return }
    guard relaymark_SSL_CTX_set_max_send_fragment(pointer, limit) == 1 else {
      throw TLSError(
        .settings, operation: "put at most \(limit) octets into a record",
        cure: "512 to 16384 is possible")
    }
  }

  /// Sets our own certificate, its chain and its key.
  func setIdentity(_ identity: TLSIdentity) throws(TLSError) {
    let operation = "use our certificate chain"
    let chain = try PEM.certificates(identity.chainPEM, operation: operation)
    let key = try PEM.privateKey(identity.keyPEM)
    ErrorQueue.clear()
    guard SSL_CTX_use_certificate(pointer, chain[0].pointer) == 1 else {
      throw ErrorQueue.error(.material, operation: operation)
    }
    for issuer in chain.dropFirst() {
      guard relaymark_SSL_CTX_add1_chain_cert(pointer, issuer.pointer) == 1 else {
        throw ErrorQueue.error(.material, operation: operation)
      }
    }
    guard SSL_CTX_use_PrivateKey(pointer, key.pointer) == 1,
      SSL_CTX_check_private_key(pointer) == 1
    else {
      throw ErrorQueue.error(
        .material, operation: "use our private key",
        cure: "the key must belong to the first certificate of the chain")
    }
  }

  /// Says whose certificates are believed.
  ///
  /// - Parameter announced: Whether clients are told the authorities' names, RFC 8446 section 4.2.4.
  func setTrust(_ trust: TLSTrust, announced: Bool = false) throws(TLSError) {
    let operation = "read the trusted authorities"
    switch trust {
    case .system, .unverified:
      // The system's file and its folder by hashed names; not the third place of
      // SSL_CTX_set_default_verify_paths, which reads the whole folder, three times a handshake,
      // for an issuer that is not in it.
      ErrorQueue.clear()
      guard SSL_CTX_set_default_verify_file(pointer) == 1,
        SSL_CTX_set_default_verify_dir(pointer) == 1
      else { throw ErrorQueue.error(.material, operation: operation) }
    case .authorities(let path) where Self.isFolder(path):
      ErrorQueue.clear()
      guard SSL_CTX_load_verify_dir(pointer, path) == 1 else {
        throw ErrorQueue.error(.material, operation: operation)
      }
    case .authorities(let path):
      let octets = try PEM.file(path, holding: "the trusted authorities")
      try add(PEM.certificates(octets, operation: operation), announced: announced)
    case .pem(let octets):
      try add(PEM.certificates(octets, operation: operation), announced: announced)
    }
  }

  private func add(_ authorities: [Certificate], announced: Bool) throws(TLSError) {
    let store = SSL_CTX_get_cert_store(pointer)
    ErrorQueue.clear()
    for authority in authorities {
      guard X509_STORE_add_cert(store, authority.pointer) == 1,
        !announced || SSL_CTX_add_client_CA(pointer, authority.pointer) == 1
      else { throw ErrorQueue.error(.material, operation: "trust an authority") }
    }
    // Whoever names an intermediate authority or the peer's very certificate means it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
  }

  /// Says which name the peer's certificate must carry; RFC 9525 leaves the common name out.
  func setVerifyName(_ name: String) throws(TLSError) {
    let parameters = SSL_CTX_get0_param(pointer)
    X509_VERIFY_PARAM_set_hostflags(
      parameters,
      UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) | UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    ErrorQueue.clear()
    let done =
      if isAddress(name) {
        X509_VERIFY_PARAM_set1_ip_asc(parameters, name)
      } else {
        X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count)
      }
    guard done == 1, !name.isEmpty else {
      throw ErrorQueue.error(
        .settings, operation: "compare the certificate's names with \"\(printable(name.utf8))\"")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// Whether the name is an IPv4 or IPv6 address in its usual notation.
func isAddress(_ name: String) -> Bool {
  var space = in6_addr()
  return inet_pton(AF_INET, name, &space) == 1 || inet_pton(AF_INET6, name, &space) == 1
}

extension TLSVersion {
  /// The number on the wire, RFC 8446 section 4.1.2.
  var wireVersion: Int32 {
    switch self {
    case .tls1_0: 0x0301
    case .tls1_1: 0x0302
    case .tls1_2: 0x0303
    case .tls1_3: 0x0304
    }
  }

  init?(wireVersion: Int32) {
    guard let version = Self.allCases.first(where: { $0.wireVersion == wireVersion }) else {
      return nil
    }
    self = version
  }
}
