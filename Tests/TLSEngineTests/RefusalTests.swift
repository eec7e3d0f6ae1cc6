// SPDX-License-Identifier: Apache-2.0
//
// Handshakes in memory that fail: each with the reason, the alert and the cure in words.

import NIOCore
import NIOEmbedded
import TLSEngine
import Testing

struct RefusalTests {
  /// A handshake that the client breaks off because of the server's certificate.
  struct CertificateCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var identity: @Sendable (Certificates) -> TLSIdentity = { $0.server }
    var verifyName = "relay.example"
    var trustsStranger = false
    var words: [String]
    var alert: UInt8
  }

  static let certificateCases = [
    CertificateCase(
      testDescription: "an unknown authority", trustsStranger: true,
      words: ["self-signed certificate in certificate chain", "trust the authority"], alert: 48),
    CertificateCase(
      testDescription: "another name", verifyName: "mail.example",
      words: ["hostname mismatch", "it names relay.example, *.wild.example", "mail.example"],
      alert: 42),
    CertificateCase(
      testDescription: "another address", verifyName: "192.0.2.1",
      words: ["IP address mismatch", "wanted was 192.0.2.1"], alert: 42),
    CertificateCase(
      testDescription: "a name two levels below a wildcard", verifyName: "a.b.wild.example",
      words: ["hostname mismatch"], alert: 42),
    CertificateCase(
      testDescription: "an expired certificate", identity: { $0.expired },
      words: ["certificate has expired (valid until 20", "renew it"], alert: 45),
    CertificateCase(
      testDescription: "a certificate from the future", identity: { $0.future },
      words: ["certificate is not yet valid (valid from 20", "clock"], alert: 42),
  ]

  @Test(
    "A client refuses the server's certificate and says why and what helps",
    arguments: certificateCases, [TLSVersion.tls1_2, .tls1_3])
  func serverCertificate(_ fixture: CertificateCase, version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings {
      $0.maximum = version
      $0.verifyName = fixture.verifyName
      if fixture.trustsStranger { $0.trust = .pem(certificates.strangerPEM) }
    }
    let server = certificates.serverSettings {
      $0.identity = fixture.identity(certificates)
    }
    try Pair.run(client: client, server: server) { pair in
      let error = try #require(pair.client.witness.error)
      #expect(error.code == .certificateRefused)
      #expect(error.verification != 0)
      #expect(error.alert?.number == fixture.alert)
      #expect(error.alert?.sent == true)
      for words in fixture.words { #expect(error.description.contains(words)) }
      #expect(pair.client.witness.log == ["handshake failed", "inactive"])
      let told = try #require(pair.server.witness.error)
      #expect(told.alert?.number == fixture.alert)
      #expect(told.alert?.sent == false)
      #expect(pair.server.witness.isInactive)
    }
  }

  @Test("The name in a refusal is not the common name: only alternative names count")
  func noCommonName() throws {
    let authority = try SelfSigned.Authority()
    let client = TLSClientSettings(trust: .pem(authority.pem), verifyName: "nameless")
    let server = TLSServerSettings(identity: try authority.issue(.init(names: [])))
    try Pair.run(client: client, server: server) { pair in
      let error = try #require(pair.client.witness.error)
      #expect(error.description.contains("it names no name; wanted was nameless"))
    }
  }

  @Test("Versions that do not meet are refused with the alert protocol_version")
  func versions() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.minimum = .tls1_3 }
    let server = certificates.serverSettings { $0.maximum = .tls1_2 }
    try Pair.run(client: client, server: server) { pair in
      let error = try #require(pair.client.witness.error)
      #expect(error.code == .handshake)
      #expect(error.alert?.number == 70)
      #expect(error.alert?.sent == false)
      #expect(error.description.contains("the peer refuses the versions that we offer"))
      #expect(
        pair.server.witness.error?.description.contains("none of the allowed versions") == true)
    }
  }

  @Test("Old versions are not spoken unasked, by either side", arguments: [true, false])
  func oldUnasked(isClients: Bool) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { if isClients { $0.maximum = .tls1_1 } }
    let server = certificates.serverSettings { if !isClients { $0.maximum = .tls1_1 } }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.client.witness.log == ["handshake failed", "inactive"])
      #expect(pair.server.witness.log == ["handshake failed", "inactive"])
    }
  }

  @Test("Ciphers that do not meet are refused")
  func ciphers() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings {
      $0.maximum = .tls1_2
      $0.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
    }
    let server = certificates.serverSettings { $0.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.client.witness.error?.alert?.number == 40)
      #expect(
        pair.server.witness.error?.description
          == "TLS handshake failed: no shared cipher (alert 40 handshake failure sent); "
          + "both sides need a common cipher; change the cipher list or the suites")
    }
  }

  @Test("Groups that do not meet are refused")
  func groups() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.groups = "P-384" }
    let server = certificates.serverSettings { $0.groups = "X25519" }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.client.witness.error?.alert?.number == 40)
      #expect(pair.server.witness.error?.description.contains("common group") == true)
    }
  }

  @Test("A missing client certificate ends a TLS 1.2 handshake")
  func missingCertificate() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = .tls1_2 }
    let server = certificates.serverSettings {
      $0.clientCertificates = .require(.pem(certificates.authorityPEM))
    }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.client.witness.log == ["handshake failed", "inactive"])
      #expect(pair.client.witness.error?.alert?.number == 40)
      #expect(pair.server.witness.error?.description.contains("must show a certificate") == true)
    }
  }

  @Test("A missing client certificate reaches a TLS 1.3 client after its handshake")
  func missingCertificateLate() throws {
    let certificates = try Certificates.shared()
    let server = certificates.serverSettings {
      $0.clientCertificates = .require(.pem(certificates.authorityPEM))
    }
    try Pair.run(client: certificates.clientSettings(), server: server) { pair in
      #expect(pair.client.witness.log == ["completed", "failed", "inactive"])
      let error = try #require(pair.client.witness.error)
      #expect(error.code == .broken)
      #expect(error.alert == TLSAlert(sent: false, number: 116, name: "certificate required"))
      #expect(error.description.contains("show the peer a client certificate"))
      #expect(pair.server.witness.log == ["handshake failed", "inactive"])
    }
  }

  @Test("A server refuses a client's certificate that it cannot verify")
  func strangersCertificate() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings {
      $0.maximum = .tls1_2
      $0.identity = certificates.stranger
    }
    let server = certificates.serverSettings {
      $0.clientCertificates = .require(.pem(certificates.authorityPEM))
    }
    try Pair.run(client: client, server: server) { pair in
      let error = try #require(pair.server.witness.error)
      #expect(error.code == .certificateRefused)
      #expect(pair.client.witness.error?.alert?.number == 48)
      #expect(
        pair.client.witness.error?.description.contains("who issued our client certificate") == true
      )
    }
  }

  @Test("Any client certificate will do where one is required but none is trusted")
  func anyCertificate() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.identity = certificates.stranger }
    let server = certificates.serverSettings { $0.clientCertificates = .require(.unverified) }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.server.witness.facts?.chain.first?.subject == "CN=client.example")
      #expect(pair.server.witness.facts?.isVerified == false)
    }
  }

  // MARK: Peers that do not speak TLS

  @Test(
    "A peer that answers in clear text is quoted, whole or octet by octet",
    arguments: [
      ("220 relay.example ESMTP\r\n", "\"220 relay.example ESMTP\""),
      ("HTTP/1.1 400 Bad Request\r\n", "\"HTTP/1.1 400 Bad Request\""),
      ("\u{1}\u{1B}[2J\r\n", "\"\\x01\\x1B[2J\""),
    ], [nil, 1])
  func clearText(_ fixture: (sent: String, quoted: String), drip: Int?) throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(client: TLSClientContext(certificates.clientSettings())))
    defer { end.finish() }
    try end.activate()
    for octet in fixture.sent.utf8 where drip != nil && end.channel.isActive {
      try end.receive([octet])
    }
    if drip == nil { try end.receive(Array(fixture.sent.utf8)) }
    let error = try #require(end.witness.error)
    #expect(error.code == .cleartext)
    #expect(error.description.hasPrefix("peer answered in clear text: \""))
    #expect(fixture.quoted.hasPrefix(error.detail.dropLast()))
    if drip == nil { #expect(error.detail == fixture.quoted) }
    #expect(end.witness.log == ["handshake failed", "inactive"])
  }

  @Test("A server meets a client that speaks in clear text")
  func clearTextToServer() throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(server: TLSServerContext(certificates.serverSettings())))
    defer { end.finish() }
    try end.activate()
    try end.receive(Array("EHLO client.example\r\n".utf8))
    #expect(end.witness.error?.code == .cleartext)
    #expect(end.witness.error?.detail == "\"EHLO client.example\"")
  }

  @Test("A few octets of clear text and an end are clear text, not a lost connection")
  func shortClearText() throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(client: TLSClientContext(certificates.clientSettings())))
    defer { end.finish() }
    try end.activate()
    try end.receive(Array("421".utf8))
    end.channel.pipeline.fireChannelInactive()
    #expect(end.witness.error?.code == .cleartext)
    #expect(end.witness.error?.detail == "\"421\"")
  }

  @Test("Octets that only look like TLS break the handshake and nothing else", arguments: 0..<64)
  func garbage(_ seed: Int) throws {
    let certificates = try Certificates.shared()
    let isClient = seed.isMultiple(of: 2)
    let handler =
      isClient
      ? TLSHandler(client: try TLSClientContext(certificates.clientSettings()))
      : TLSHandler(server: try TLSServerContext(certificates.serverSettings()))
    let end = try End(handler)
    defer { end.finish() }
    try end.activate()
    // A record header of a plausible type and length, then anything.
    let body = (0..<512).map { UInt8(truncatingIfNeeded: ($0 &* 31 &+ seed) &* (seed | 1)) }
    let octets = [UInt8(20 + seed % 4), 3, UInt8(seed % 5), 1, 0] + body
    for octet in octets where end.channel.isActive { try end.receive([octet]) }
    if end.channel.isActive { end.channel.pipeline.fireChannelInactive() }
    #expect(end.witness.log.first == "handshake failed")
    #expect(end.witness.clearText.isEmpty)
  }

  @Test("A connection that ends inside the handshake is told with what came")
  func endInHandshake() throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(client: TLSClientContext(certificates.clientSettings())))
    defer { end.finish() }
    try end.activate()
    end.channel.pipeline.fireChannelInactive()
    let error = try #require(end.witness.error)
    #expect(error.code == .closedInHandshake)
    #expect(
      error.description
        == "connection ended during the TLS handshake: after 0 octets from the peer")
    #expect(end.witness.log.prefix(2) == ["handshake failed", "inactive"])
  }

  @Test("A transport error is the reason for a handshake that ends after it")
  func errorInHandshake() throws {
    let certificates = try Certificates.shared()
    let end = try End(TLSHandler(client: TLSClientContext(certificates.clientSettings())))
    defer { end.finish() }
    try end.activate()
    end.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "read"))
    end.channel.pipeline.fireChannelInactive()
    #expect(end.witness.error?.detail.contains("reset") == true)
  }
}
