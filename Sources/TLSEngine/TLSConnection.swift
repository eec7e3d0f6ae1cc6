// SPDX-License-Identifier: Apache-2.0
//
// One SSL object: octets of the wire in and out, clear text out and in. Knows no channel; its owner
// moves the octets. Belongs to one thread at a time.

import COpenSSL
import NIOCore

/// One side of one TLS connection.
final class TLSConnection {
  /// How a step went; incomplete is not failed, it goes on when more octets have come.
  enum Progress {
    case incomplete
    case complete
    case failed(TLSError)
  }

  /// Why reading stopped.
  enum ReadingEnd {
    /// All that came has been read.
    case incomplete
    /// The peer's close_notify came; what lies behind it is left in ``incoming``.
    case closeNotify
    case failed(TLSError)
  }

  let context: SharedContext
  let sessionKey: String
  private let ssl: OpaquePointer
  private let allocator: ByteBufferAllocator
  /// Octets of the wire that OpenSSL has not taken yet; empty after every call unless TLS ended.
  private var incoming = ByteBuffer()
  /// Octets for the wire that the owner has not taken yet.
  private var outgoing: ByteBuffer?
  private var opening = Opening()
  private var offeredSession = false
  private var alert: TLSAlert?
  private var hasFailed = false
  private var asksCertificate = false

  /// - Throws: Where OpenSSL lacks memory.
  init(
    _ context: SharedContext, sessionKey: String, resumes: Bool, allocator: ByteBufferAllocator
  ) throws(TLSError) {
    ErrorQueue.clear()
    guard let ssl = SSL_new(context.handle.pointer) else {
      throw ErrorQueue.error(.settings, operation: "start a connection")
    }
    self.context = context
    self.sessionKey = sessionKey
    self.ssl = ssl
    self.allocator = allocator
    guard let bio = OctetBIO.make(for: self) else {
      throw ErrorQueue.error(.settings, operation: "start a connection")
    }
    SSL_set_bio(ssl, bio, bio)
    SSL_set_ex_data(ssl, Self.index, Unmanaged.passUnretained(self).toOpaque())
    switch context.role {
    case .server: SSL_set_accept_state(ssl)
    case .client: prepareClient(resumes: resumes)
    }
  }

  deinit {
    // Without this OpenSSL would take a connection that ends without close_notify for an attack
    // and spoil its session; RFC 5246 section 7.2.1 dropped that rule of older versions.
    if !hasFailed { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
    SSL_free(ssl)
  }

  private func prepareClient(resumes: Bool) {
    SSL_set_connect_state(ssl)
    if let name = context.serverName { _ = relaymark_SSL_set_server_name(ssl, name) }
    if resumes, let session = context.sessions?.take(for: sessionKey) {
      offeredSession = SSL_set_session(ssl, session.pointer) == 1
    }
  }

  // MARK: The wire

  /// Whether octets came that OpenSSL has not taken.
  var hasIncoming: Bool { incoming.readableBytes > 0 }

  /// Enough room for the clear text of all octets that came.
  ///
  /// Clear text is shorter than its records; only a record that began in earlier octets can need
  /// more, and then the buffer grows.
  var roomForReading: Int { incoming.readableBytes + Self.leastRead }

  /// Takes in octets of the wire.
  func feed(_ octets: ByteBuffer) {
    if incoming.readableBytes == 0 {
      incoming = octets
    } else {
      var more = octets
      incoming.writeBuffer(&more)
    }
    if !SSL_is_init_finished(ssl).isTrue { opening.note(octets.readableBytesView) }
  }

  /// What OpenSSL has not taken, because TLS ended before it.
  func takeIncoming() -> ByteBuffer? {
    guard hasIncoming else { return nil }
    defer { incoming = ByteBuffer() }
    return incoming
  }

  /// What is to be sent, if anything.
  func takeOutgoing() -> ByteBuffer? {
    defer { outgoing = nil }
    return outgoing?.readableBytes == 0 ? nil : outgoing
  }

  /// For the BIO: moves octets of the wire to OpenSSL.
  func take(into space: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(space.count, incoming.readableBytes)
    guard count > 0 else { return 0 }
    incoming.readWithUnsafeReadableBytes { octets in
      space.copyMemory(from: UnsafeRawBufferPointer(rebasing: octets[..<count]))
      return count
    }
    // A buffer that was read out is let go at once, so that the channel can use it again.
    if incoming.readableBytes == 0 { incoming = ByteBuffer() }
    return count
  }

  /// For the BIO: takes octets for the wire from OpenSSL.
  func give(_ octets: UnsafeRawBufferPointer) {
    if outgoing == nil { outgoing = allocator.buffer(capacity: octets.count) }
    outgoing?.writeBytes(octets)
  }

  // MARK: The handshake

  /// Goes on with the handshake as far as the octets reach.
  func handshake() -> Progress {
    ErrorQueue.clear()
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      opening = Opening()
      return .complete
    }
    return unfinished(result, or: .handshake)
  }

  /// The error for a connection that ended before the handshake did.
  func endedInHandshake() -> TLSError {
    var error = TLSError(.closedInHandshake)
    explainClearText(in: &error)
    return error
  }

  /// Keying material that both sides share and nobody else, RFC 8446 section 7.5 and RFC 5705.
  ///
  /// - Returns: Nil before the end of the handshake.
  func exporter(label: String, context: [UInt8]?, length: Int) -> [UInt8]? {
    guard SSL_is_init_finished(ssl).isTrue, length > 0 else { return nil }
    var material = [UInt8](repeating: 0, count: length)
    ErrorQueue.clear()
    let done = SSL_export_keying_material(
      ssl, &material, length, label, label.utf8.count, context ?? [], context?.count ?? 0,
      context == nil ? 0 : 1)
    guard done == 1 else {
      ErrorQueue.clear()
      return nil
    }
    return material
  }

  // MARK: Clear text

  /// Reads all clear text there is to the end of a buffer.
  func read(into clearText: inout ByteBuffer) -> ReadingEnd {
    while true {
      ErrorQueue.clear()
      var result: Int32 = 0
      clearText.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.leastRead) { space in
        result = SSL_read(ssl, space.baseAddress, Int32(clamping: space.count))
        return max(0, Int(result))
      }
      if result > 0 { continue }
      switch SSL_get_error(ssl, result) {
      case SSL_ERROR_WANT_READ: return .incomplete
      case SSL_ERROR_ZERO_RETURN: return .closeNotify
      default: return .failed(failure(in: .broken))
      }
    }
  }

  /// Turns clear text into records, ready in ``takeOutgoing()``, and takes it off the buffer.
  func write(_ clearText: inout ByteBuffer) -> Progress {
    var progress = Progress.complete
    clearText.readWithUnsafeReadableBytes { octets in
      var done = 0
      while done < octets.count {
        let left = UnsafeRawBufferPointer(rebasing: octets[done...])
        ErrorQueue.clear()
        let result = SSL_write(ssl, left.baseAddress, Int32(clamping: left.count))
        guard result > 0 else {
          progress = unfinished(result, or: .broken)
          return done
        }
        done += Int(result)
      }
      return done
    }
    return progress
  }

  /// What a call means that did not succeed.
  ///
  /// Even a write waits for octets where the peer is in the middle of a post-handshake message:
  /// OpenSSL finishes that one first.
  private func unfinished(_ result: Int32, or code: TLSError.Code) -> Progress {
    SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? .incomplete : .failed(failure(in: code))
  }

  /// Makes room for so much clear text to come, so that a flush is one allocation.
  func reserve(clearText count: Int) {
    let records = count / Self.recordLimit + 1
    let room = count + records * Self.recordOverhead
    if outgoing == nil {
      outgoing = allocator.buffer(capacity: room)
    } else {
      outgoing?.reserveCapacity(minimumWritableBytes: room)
    }
  }

  /// Writes our close_notify, once.
  ///
  /// - Returns: False where TLS never began or has failed.
  func closeNotify() -> Bool {
    guard SSL_is_init_finished(ssl).isTrue, !hasFailed else { return false }
    guard !hasSentCloseNotify else { return true }
    ErrorQueue.clear()
    if SSL_shutdown(ssl) < 0 { ErrorQueue.clear() }
    return hasSentCloseNotify
  }

  var hasSentCloseNotify: Bool { SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN != 0 }
  var hasReceivedCloseNotify: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

  /// RFC 8446 section 5.1.
  private static let recordLimit = 1 << 14
  /// Header, nonce or padding, and tag of one record, generously: TLS 1.0 pads up to 16 octets
  /// behind a digest of up to 48 and before an empty record against BEAST.
  private static let recordOverhead = 128
  /// Room that a read asks for at least, so that the read that finds nothing more needs no growth.
  private static let leastRead = 64

  // MARK: Callbacks

  private static let index = relaymark_SSL_new_ex_data_index()

  private static func connection(of ssl: OpaquePointer?) -> TLSConnection? {
    SSL_get_ex_data(ssl, index).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  /// For the context: notes the alerts that come and go.
  static let noteAlert: @convention(c) (OpaquePointer?, Int32, Int32) -> Void = {
    ssl, place, value in
    guard place & SSL_CB_ALERT != 0, let connection = connection(of: ssl) else { return }
    // The upper octet is the level; only a fatal alert (2) explains an end.
    guard value >> 8 == SSL3_AL_FATAL else { return }
    connection.alert = TLSAlert(
      sent: place & SSL_CB_WRITE != 0, number: UInt8(truncatingIfNeeded: value),
      name: Diagnosis.name(ofAlert: value))
  }

  /// For the context: notes that the server asks for a certificate, and that we have none to show.
  static let noteCertificateRequest:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 = { ssl, _, _ in
      connection(of: ssl)?.asksCertificate = true
      return 0
    }

  /// For a server's context: names its protocol, whether the client offers it or not.
  static let chooseProtocol:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
      UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
    ) -> Int32 = { ssl, name, length, _, _, _ in
      guard let connection = connection(of: ssl), let choice = connection.context.servedProtocol
      else { return SSL_TLSEXT_ERR_NOACK }
      name?.pointee = choice.octets.baseAddress
      length?.pointee = UInt8(clamping: choice.octets.count)
      return SSL_TLSEXT_ERR_OK
    }

  /// For a server's context: keeps a client to TLS 1.2 that has it among its versions.
  static let holdToTLS12:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?
    ) -> Int32 = { ssl, _, _ in
      var list: UnsafePointer<UInt8>?
      var count = 0
      // RFC 8446 section 4.2.1: behind an octet of length, two octets a version.
      let found = SSL_client_hello_get0_ext(
        ssl, UInt32(TLSEXT_TYPE_supported_versions), &list, &count)
      let versions = UnsafeBufferPointer(start: list, count: found == 1 ? count : 0).dropFirst()
      let has12 = zip(versions, versions.dropFirst()).contains { $0 == (3, 3) }
      if has12 {
        _ = relaymark_SSL_set_max_proto_version(ssl, TLSVersion.tls1_2.wireVersion)
      }
      return SSL_CLIENT_HELLO_SUCCESS
    }

  /// For a server's context: refuses the names that are not served.
  static let judgeServerName:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?
    ) -> Int32 = { ssl, alert, _ in
      guard let served = connection(of: ssl)?.context.servedNames,
        let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name),
        !served.contains(String(cString: name).lowercased())
      else { return SSL_TLSEXT_ERR_OK }
      alert?.pointee = SSL_AD_UNRECOGNIZED_NAME
      return SSL_TLSEXT_ERR_ALERT_FATAL
    }

  /// For the context: keeps a session that the server lets us have, and says so with 1.
  static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = {
    ssl, session in
    guard let session, let connection = connection(of: ssl),
      let sessions = connection.context.sessions
    else { return 0 }
    sessions.store(ResumableSession(owned: session), for: connection.sessionKey)
    return 1
  }
}

// MARK: What is to tell

extension TLSConnection {
  /// What the handshake has shown; to be called after its end.
  func facts() -> TLSFacts {
    let version = TLSVersion(wireVersion: SSL_version(ssl)) ?? .tls1_2
    let modern = version == .tls1_3
    let extended = modern || relaymark_SSL_get_extms_support(ssl) == 1
    return TLSFacts(
      version: version,
      cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))),
      group: group,
      resumed: SSL_session_reused(ssl) == 1,
      chain: context.facts(of: peerCertificates),
      verification: Self.words(for: SSL_get_verify_result(ssl)),
      serverName: SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map {
        printable(String(cString: $0).utf8)
      },
      extendedMasterSecret: extended,
      secureRenegotiation: modern || relaymark_SSL_get_secure_renegotiation_support(ssl) == 1,
      compressed: SSL_get_current_compression(ssl) != nil,
      asksCertificate: asksCertificate,
      applicationProtocol: applicationProtocol,
      channelBinding: extended
        ? exporter(label: "EXPORTER-Channel-Binding", context: [], length: 32) : nil)
  }

  private var group: String? {
    let number = relaymark_SSL_get_negotiated_group(ssl)
    guard number != NID_undef else { return nil }
    return SSL_group_to_name(ssl, number).map { String(cString: $0) }
  }

  private var applicationProtocol: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    relaymark_SSL_get_alpn(ssl, &name, &length)
    return name.map { printable(UnsafeBufferPointer(start: $0, count: Int(length))) }
  }

  /// The peer's certificates, borrowed from the session.
  private var peerCertificates: [OpaquePointer] {
    let leaf = SSL_get0_peer_certificate(ssl)
    guard let stack = SSL_get_peer_cert_chain(ssl) else { return leaf.map { [$0] } ?? [] }
    let chain = (0..<relaymark_sk_X509_num(stack)).compactMap {
      relaymark_sk_X509_value(stack, $0)
    }
    // A server's view of its client leaves the leaf out of the chain.
    guard context.role == .server, let leaf else { return chain }
    return [leaf] + chain
  }

  private static func words(for verification: Int) -> String {
    verification == Int(X509_V_OK)
      ? "ok" : String(cString: X509_verify_cert_error_string(verification))
  }

  /// The error for what OpenSSL has just refused; TLS is over after it.
  private func failure(in code: TLSError.Code) -> TLSError {
    hasFailed = true
    if offeredSession { context.sessions?.forget(sessionKey) }
    let entries = ErrorQueue.drain()
    var error = TLSError(code, reasons: entries.map(\.text), alert: alert)
    let isVerification = entries.contains {
      $0.library == ERR_LIB_SSL && $0.reason == SSL_R_CERTIFICATE_VERIFY_FAILED
    }
    if explainClearText(in: &error) {
      return error
    } else if isVerification {
      explainVerification(in: &error)
    } else {
      error.cure = Diagnosis.cure(for: error.alert, entries: entries, role: context.role)
    }
    return error
  }

  @discardableResult
  private func explainClearText(in error: inout TLSError) -> Bool {
    guard let text = opening.clearText else { return false }
    error.code = .cleartext
    error.detail = text
    error.cure = "it may want STARTTLS first, or no TLS at all"
    return true
  }

  private func explainVerification(in error: inout TLSError) {
    let result = SSL_get_verify_result(ssl)
    error.code = .certificateRefused
    error.verification = result
    error.detail = Self.words(for: result)
    let leaf = peerCertificates.first.map(CertificateReader.facts)
    if let words = Diagnosis.detail(for: result, leaf: leaf, wanted: context.verifyName) {
      error.detail += " (\(words))"
    }
    error.cure = Diagnosis.cure(for: result)
  }
}

extension Int32 {
  fileprivate var isTrue: Bool { self != 0 }
}
