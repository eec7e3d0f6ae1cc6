// SPDX-License-Identifier: Apache-2.0
//
// Handshakes in memory that succeed: what both sides agree on, and what the facts say about it.

import NIOCore
import NIOEmbedded
import TLSEngine
import Testing

struct HandshakeTests {
  @Test("Client and server agree on TLS 1.3 and both can say what they agreed on")
  func facts() throws {
    let certificates = try Certificates.shared()
    try Pair.run(client: certificates.clientSettings(), server: certificates.serverSettings()) {
      pair in
      let client = try #require(pair.client.witness.facts)
      let server = try #require(pair.server.witness.facts)
      #expect(pair.client.witness.log == ["completed"])
      #expect(pair.server.witness.log == ["completed"])
      #expect(client.version == .tls1_3)
      #expect(client.cipher == "TLS_AES_256_GCM_SHA384")
      #expect(client.group == "x25519")
      #expect(!client.resumed)
      #expect(client.verification == "ok")
      #expect(client.isVerified)
      #expect(client.serverName == "relay.example")
      #expect(client.extendedMasterSecret)
      #expect(client.secureRenegotiation)
      #expect(server.version == client.version)
      #expect(server.cipher == client.cipher)
      #expect(server.group == client.group)
      #expect(server.serverName == "relay.example")
      #expect(server.chain.isEmpty)
      #expect(!server.isVerified)
    }
  }

  @Test("The facts of a chain name subject, issuer, names, dates, key and signature")
  func chain() throws {
    let certificates = try Certificates.shared()
    try Pair.run(client: certificates.clientSettings(), server: certificates.serverSettings()) {
      pair in
      let chain = try #require(pair.client.witness.facts?.chain)
      #expect(chain.map(\.subject) == ["CN=relay.example", "CN=Relaymark test authority"])
      let leaf = try #require(chain.first)
      #expect(leaf.issuer == "CN=Relaymark test authority")
      #expect(leaf.names == ["relay.example", "*.wild.example", "127.0.0.1", "::1"])
      #expect(leaf.keyKind == "EC")
      #expect(leaf.keyBits == 256)
      #expect(leaf.signatureAlgorithm == "ecdsa-with-SHA256")
      #expect(leaf.fingerprint.count == 32)
      #expect(!leaf.serial.isEmpty)
      #expect(leaf.notAfter - leaf.notBefore == 86_400 + 3_600)
    }
  }

  @Test("A ceiling holds on either side", arguments: TLSVersion.allCases, [true, false])
  func ceiling(_ version: TLSVersion, isClients: Bool) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings {
      $0.minimum = .tls1_0
      if isClients { $0.maximum = version }
    }
    let server = certificates.serverSettings {
      $0.minimum = .tls1_0
      if !isClients { $0.maximum = version }
    }
    try Pair.run(client: client, server: server) { pair in
      let facts = try #require(pair.client.witness.facts)
      #expect(facts.version == version)
      #expect(pair.server.witness.facts?.version == version)
      #expect(facts.group == "x25519")
      pair.client.write("hello")
      pair.server.write("welcome")
      try pair.carry()
      #expect(pair.server.witness.clearText == Array("hello".utf8))
      #expect(pair.client.witness.clearText == Array("welcome".utf8))
    }
  }

  @Test("A ceiling below 1.2 alone is enough to ask for an old version")
  func oldByCeiling() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = .tls1_1 }
    let server = certificates.serverSettings { $0.minimum = .tls1_0 }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.client.witness.facts?.version == .tls1_1)
    }
  }

  @Test(
    "The chosen cipher is spoken",
    arguments: [
      "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-CHACHA20-POLY1305",
    ])
  func cipher(_ name: String) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings {
      $0.maximum = .tls1_2
      $0.ciphers = name
    }
    try Pair.run(client: client, server: certificates.serverSettings()) { pair in
      #expect(pair.client.witness.facts?.cipher == name)
    }
  }

  @Test(
    "The chosen cipher suite is spoken",
    arguments: [
      "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    ])
  func cipherSuite(_ name: String) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.cipherSuites = name }
    try Pair.run(client: client, server: certificates.serverSettings()) { pair in
      #expect(pair.client.witness.facts?.cipher == name)
    }
  }

  @Test(
    "The chosen group is spoken, in both versions",
    arguments: [("X25519", "x25519"), ("P-256", "secp256r1"), ("P-384", "secp384r1")],
    [TLSVersion.tls1_2, .tls1_3])
  func group(_ name: (wish: String, fact: String), version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = version }
    let server = certificates.serverSettings { $0.groups = name.wish }
    try Pair.run(client: client, server: server) { pair in
      #expect(pair.client.witness.facts?.group == name.fact)
      #expect(pair.server.witness.facts?.group == name.fact)
    }
  }

  @Test("Without a server name none is indicated, and an address never is")
  func noServerName() throws {
    let certificates = try Certificates.shared()
    for name in [nil, "127.0.0.1", "::1"] {
      let client = certificates.clientSettings { $0.serverName = name }
      try Pair.run(client: client, server: certificates.serverSettings()) { pair in
        #expect(pair.server.witness.facts != nil)
        #expect(pair.server.witness.facts?.serverName == nil)
      }
    }
  }

  @Test(
    "A name verifies that the certificate carries, by wildcard or address too",
    arguments: ["relay.example", "RELAY.example", "any.wild.example", "127.0.0.1", "::1"])
  func verifiedName(_ name: String) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.verifyName = name }
    try Pair.run(client: client, server: certificates.serverSettings()) { pair in
      #expect(pair.client.witness.facts?.isVerified == true)
    }
  }

  @Test(
    "Both sides export the same keying material and channel binding",
    arguments: [
      TLSVersion.tls1_2, .tls1_3,
    ])
  func exporter(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = version }
    try Pair.run(client: client, server: certificates.serverSettings()) { pair in
      let binding = try #require(pair.client.witness.facts?.channelBinding)
      #expect(binding.count == 32)
      #expect(binding == pair.server.witness.facts?.channelBinding)
      // RFC 9266 section 2: this label, an empty context, 32 octets.
      let material = pair.client.handler.exporter(
        label: "EXPORTER-Channel-Binding", context: [], length: 32)
      #expect(material == binding)
      let other = pair.client.handler.exporter(label: "EXPORTER-Other", context: [1], length: 48)
      #expect(other?.count == 48)
      #expect(
        other == pair.server.handler.exporter(label: "EXPORTER-Other", context: [1], length: 48))
    }
  }

  @Test("Two connections have different channel bindings")
  func bindingsDiffer() throws {
    let certificates = try Certificates.shared()
    let bindings = try (0..<2).map { _ in
      try Pair.run(client: certificates.clientSettings(), server: certificates.serverSettings()) {
        try #require($0.client.witness.facts?.channelBinding)
      }
    }
    #expect(bindings[0] != bindings[1])
  }

  @Test("Octets may come one by one", arguments: [TLSVersion.tls1_2, .tls1_3])
  func drip(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.maximum = version }
    try Pair.run(client: client, server: certificates.serverSettings(), drip: 1) { pair in
      pair.client.write("EHLO client.example\r\n")
      try pair.carry()
      pair.server.write("250 relay.example\r\n")
      pair.server.channel.close(promise: nil)
      try pair.carry()
      #expect(pair.server.witness.clearText == Array("EHLO client.example\r\n".utf8))
      #expect(pair.client.witness.clearText == Array("250 relay.example\r\n".utf8))
      #expect(pair.client.witness.log == ["completed", "read", "close_notify"])
    }
  }

  @Test(
    "A client's certificate is shown where it is asked for",
    arguments: [
      TLSVersion.tls1_2, .tls1_3,
    ])
  func clientCertificate(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings {
      $0.maximum = version
      $0.identity = certificates.client
    }
    let trust = TLSTrust.pem(certificates.authorityPEM)
    for wish in [TLSClientCertificates.require(trust), .request(trust)] {
      let server = certificates.serverSettings { $0.clientCertificates = wish }
      try Pair.run(client: client, server: server) { pair in
        let facts = try #require(pair.server.witness.facts)
        #expect(facts.chain.first?.subject == "CN=client.example")
        #expect(facts.isVerified)
        #expect(pair.client.witness.log == ["completed"])
      }
    }
  }

  @Test("A server that only asks goes on without a certificate, and with one that does not verify")
  func requestedCertificate() throws {
    let certificates = try Certificates.shared()
    let server = certificates.serverSettings {
      $0.clientCertificates = .request(.pem(certificates.authorityPEM))
    }
    try Pair.run(client: certificates.clientSettings(), server: server) { pair in
      #expect(pair.server.witness.facts?.chain.isEmpty == true)
      #expect(pair.server.witness.facts?.isVerified == false)
    }
    let stranger = certificates.clientSettings { $0.identity = certificates.stranger }
    try Pair.run(client: stranger, server: server) { pair in
      let facts = try #require(pair.server.witness.facts)
      #expect(facts.chain.first?.subject == "CN=client.example")
      #expect(facts.verification != "ok")
      #expect(!facts.isVerified)
    }
  }

  @Test("Where nothing is verified, the facts still say what verification would have said")
  func unverified() throws {
    let certificates = try Certificates.shared()
    let client = certificates.clientSettings { $0.trust = .unverified }
    try Pair.run(client: client, server: certificates.serverSettings()) { pair in
      let facts = try #require(pair.client.witness.facts)
      #expect(facts.verification == "self-signed certificate in certificate chain")
      #expect(!facts.isVerified)
    }
  }

  @Test("The end of the handshake and the first clear text leave in one write")
  func coalescing() throws {
    let certificates = try Certificates.shared()
    let pair = try Pair(
      client: certificates.clientSettings(), server: certificates.serverSettings())
    defer { pair.finish() }
    pair.client.witness.onEvent = { event, context in
      guard case .handshakeCompleted = event else { return }
      context.writeAndFlush(NIOAny(ByteBuffer(string: "EHLO x\r\n")), promise: nil)
    }
    for hello in try pair.client.outgoing() { try pair.server.channel.writeInbound(hello) }
    let flights = try pair.server.outgoing()
    #expect(flights.count == 1)
    for flight in flights { try pair.client.channel.writeInbound(flight) }
    let finished = try pair.client.outgoing()
    #expect(finished.count == 1)
    for octets in finished { try pair.server.channel.writeInbound(octets) }
    #expect(pair.server.witness.log == ["completed", "read"])
    #expect(pair.server.witness.clearText == Array("EHLO x\r\n".utf8))
  }
}
