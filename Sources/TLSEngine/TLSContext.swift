// SPDX-License-Identifier: Apache-2.0
//
// The contexts: settings made ready once, shared by all connections that use them.

import COpenSSL
import Synchronization

/// What all connections of a client share: algorithms, trust, identity and resumable sessions.
///
/// Making one reads files and keys; make it before a run, not for every connection.
package final class TLSClientContext: Sendable {
  package let settings: TLSClientSettings
  let shared: SharedContext

  /// Makes settings ready.
  ///
  /// - Throws: ``TLSError/Code/settings`` where they cannot be had, ``TLSError/Code/material`` where
  ///   a certificate or key cannot be read.
  package init(_ settings: TLSClientSettings) throws(TLSError) {
    self.settings = settings
    let handle = try ContextHandle(
      releaseBuffers: settings.releaseBuffers, resumption: settings.resumption)
    let versions = try handle.setVersions(settings.minimum, settings.maximum)
    try handle.setAlgorithms(
      ciphers: settings.ciphers, cipherSuites: settings.cipherSuites, groups: settings.groups)
    try handle.setRecordLimit(settings.recordLimit)
    if let identity = settings.identity { try handle.setIdentity(identity) }
    try handle.setTrust(settings.trust)
    if let name = settings.verifyName { try handle.setVerifyName(name) }
    SSL_CTX_set_verify(
      handle.pointer,
      settings.refusesPeer && settings.trust != .unverified ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
      nil)
    try handle.setApplicationProtocols(settings.applicationProtocols)
    SSL_CTX_set_client_cert_cb(handle.pointer, TLSConnection.noteCertificateRequest)
    try handle.requireCiphers()
    if settings.resumption {
      _ = relaymark_SSL_CTX_set_session_cache_mode(
        handle.pointer, Int(SSL_SESS_CACHE_CLIENT) | Int(SSL_SESS_CACHE_NO_INTERNAL_STORE))
      SSL_CTX_sess_set_new_cb(handle.pointer, TLSConnection.keepSession)
    }
    let name = settings.serverName.flatMap { isAddress($0) ? nil : $0 }
    if let name, name.isEmpty || name.utf8.count > 255 {
      throw TLSError(
        .settings, operation: "indicate the server name \"\(printable(name.utf8))\"",
        detail: "a name has 1 to 255 octets")
    }
    shared = SharedContext(
      handle: handle, role: .client, versions: versions, serverName: name,
      verifyName: settings.verifyName, sessions: settings.resumption ? SessionCache() : nil)
  }
}

extension TLSClientContext {
  /// Whether there is an earlier session with the peer that a connection could resume.
  package func canResume(_ peer: String) -> Bool { shared.sessions?.holds(for: peer) ?? false }
}

/// What all connections of a server share: algorithms, identity and ticket keys.
package final class TLSServerContext: Sendable {
  package let settings: TLSServerSettings
  let shared: SharedContext

  /// Makes settings ready.
  ///
  /// - Throws: As ``TLSClientContext/init(_:)`` does.
  package init(_ settings: TLSServerSettings) throws(TLSError) {
    self.settings = settings
    let handle = try ContextHandle(
      releaseBuffers: settings.releaseBuffers, resumption: settings.resumption)
    let versions = try handle.setVersions(settings.minimum, settings.maximum)
    // RFC 9325 section 4.2; what is older than 1.2 has no such cipher, so there OpenSSL chooses.
    let modern =
      versions.lowerBound < ContextHandle.oldestUnasked ? nil : "ECDHE+AESGCM:ECDHE+CHACHA20"
    try handle.setAlgorithms(
      ciphers: settings.ciphers ?? modern, cipherSuites: settings.cipherSuites,
      groups: settings.groups)
    if settings.prefersOwnCiphers {
      SSL_CTX_set_options(handle.pointer, relaymark_SSL_OP_CIPHER_SERVER_PREFERENCE)
    }
    if !settings.extendedMasterSecret {
      SSL_CTX_set_options(handle.pointer, relaymark_SSL_OP_NO_EXTENDED_MASTER_SECRET)
    }
    if settings.prefersTLS12 {
      SSL_CTX_set_client_hello_cb(handle.pointer, TLSConnection.holdToTLS12, nil)
    }
    if settings.applicationProtocol != nil {
      SSL_CTX_set_alpn_select_cb(handle.pointer, TLSConnection.chooseProtocol, nil)
    }
    _ = relaymark_SSL_CTX_set_dh_auto(handle.pointer, 1)
    try handle.setRecordLimit(settings.recordLimit)
    try handle.setIdentity(settings.identity)
    try Self.setClientCertificates(settings.clientCertificates, of: handle)
    // Without an acknowledged server name OpenSSL leaves it out of TLS 1.2 tickets.
    _ = relaymark_SSL_CTX_set_servername_callback(handle.pointer, TLSConnection.judgeServerName)
    if !settings.resumption { SSL_CTX_set_num_tickets(handle.pointer, 0) }
    // Tickets are bound to it, RFC 5246 appendix F.1.4 leaves its content to us.
    let application = Array("relaymark".utf8)
    SSL_CTX_set_session_id_context(handle.pointer, application, UInt32(application.count))
    shared = SharedContext(
      handle: handle, role: .server, versions: versions, serverName: nil, verifyName: nil,
      sessions: nil, servedNames: settings.serverNames.map { Set($0.map { $0.lowercased() }) },
      servedProtocol: settings.applicationProtocol.map { LastingOctets(Array($0.utf8)) })
  }

  private static func setClientCertificates(
    _ wish: TLSClientCertificates, of handle: ContextHandle
  ) throws(TLSError) {
    let goOn: SSL_verify_cb = { _, _ in 1 }
    switch wish {
    case .none:
      SSL_CTX_set_verify(handle.pointer, SSL_VERIFY_NONE, nil)
    case .request(let trust):
      try handle.setTrust(trust, announced: true)
      SSL_CTX_set_verify(handle.pointer, SSL_VERIFY_PEER, goOn)
    case .require(let trust):
      try handle.setTrust(trust, announced: true)
      SSL_CTX_set_verify(
        handle.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
        trust == .unverified ? goOn : nil)
    }
  }
}

/// Octets that OpenSSL may go on reading after a callback has returned.
///
/// Sendable: nobody changes them, and they are given back with the last reference.
final class LastingOctets: @unchecked Sendable {
  let octets: UnsafeBufferPointer<UInt8>

  init(_ octets: [UInt8]) {
    let space = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: octets.count)
    _ = space.initialize(from: octets)
    self.octets = UnsafeBufferPointer(space)
  }

  deinit { octets.deallocate() }
}

/// What a connection needs of its context, on either side.
final class SharedContext: Sendable {
  enum Role { case client, server }

  let handle: ContextHandle
  let role: Role
  let versions: ClosedRange<TLSVersion>
  let serverName: String?
  let verifyName: String?
  let sessions: SessionCache?
  /// A server's names in lower case; nil: it answers to every one.
  let servedNames: Set<String>?
  /// What a server names as the application protocol.
  let servedProtocol: LastingOctets?
  /// The chain that was read last: ten thousand connections to one peer meet the same.
  private let lastChain = Mutex<ReadChain?>(nil)

  init(
    handle: ContextHandle, role: Role, versions: ClosedRange<TLSVersion>, serverName: String?,
    verifyName: String?, sessions: SessionCache?, servedNames: Set<String>? = nil,
    servedProtocol: LastingOctets? = nil
  ) {
    self.handle = handle
    self.role = role
    self.versions = versions
    self.serverName = serverName
    self.verifyName = verifyName
    self.sessions = sessions
    self.servedNames = servedNames
    self.servedProtocol = servedProtocol
  }

  /// The facts of a chain; its certificates are borrowed for the call.
  func facts(of certificates: [OpaquePointer]) -> [CertificateFacts] {
    guard !certificates.isEmpty else { return [] }
    if let last = lastChain.withLock({ $0 }), last.isOf(certificates) { return last.facts }
    let chain = ReadChain(certificates)
    lastChain.withLock { $0 = chain }
    return chain.facts
  }
}
