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
      handle.pointer, settings.trust == .unverified ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nil)
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
    SSL_CTX_set_options(handle.pointer, relaymark_SSL_OP_CIPHER_SERVER_PREFERENCE)
    _ = relaymark_SSL_CTX_set_dh_auto(handle.pointer, 1)
    try handle.setRecordLimit(settings.recordLimit)
    try handle.setIdentity(settings.identity)
    try Self.setClientCertificates(settings.clientCertificates, of: handle)
    // Without an acknowledged server name OpenSSL leaves it out of TLS 1.2 tickets.
    _ = relaymark_SSL_CTX_set_servername_callback(handle.pointer) { _, _, _ in SSL_TLSEXT_ERR_OK }
    if !settings.resumption { SSL_CTX_set_num_tickets(handle.pointer, 0) }
    // Tickets are bound to it, RFC 5246 appendix F.1.4 leaves its content to us.
    let application = Array("relaymark".utf8)
    SSL_CTX_set_session_id_context(handle.pointer, application, UInt32(application.count))
    shared = SharedContext(
      handle: handle, role: .server, versions: versions, serverName: nil, verifyName: nil,
      sessions: nil)
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

/// What a connection needs of its context, on either side.
final class SharedContext: Sendable {
  enum Role { case client, server }

  let handle: ContextHandle
  let role: Role
  let versions: ClosedRange<TLSVersion>
  let serverName: String?
  let verifyName: String?
  let sessions: SessionCache?
  /// The chain that was read last: ten thousand connections to one peer meet the same.
  private let lastChain = Mutex<ReadChain?>(nil)

  init(
    handle: ContextHandle, role: Role, versions: ClosedRange<TLSVersion>, serverName: String?,
    verifyName: String?, sessions: SessionCache?
  ) {
    self.handle = handle
    self.role = role
    self.versions = versions
    self.serverName = serverName
    self.verifyName = verifyName
    self.sessions = sessions
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
