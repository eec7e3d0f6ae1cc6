// SPDX-License-Identifier: Apache-2.0
//
// Resumption: on and off, in both versions, on both sides.

import NIOCore
import NIOEmbedded
import TLSEngine
import Testing

struct ResumptionTests {
  /// Runs connections one after the other and says for each what the client and the server saw.
  private func run(
    _ client: TLSClientContext, _ server: TLSServerContext, peers: [String], graceful: Bool = true
  ) throws -> [Bool] {
    try peers.map { peer in
      let pair = try Pair(client, server, peer: peer)
      defer { pair.finish() }
      try pair.carry()
      let resumed = try #require(pair.client.witness.facts).resumed
      #expect(pair.server.witness.facts?.resumed == resumed)
      #expect(pair.client.witness.facts?.chain.first?.subject == "CN=relay.example")
      #expect(pair.client.witness.facts?.isVerified == true)
      #expect(pair.client.witness.facts?.channelBinding != nil)
      #expect(pair.server.witness.facts?.serverName == "relay.example")
      if graceful {
        pair.client.channel.close(promise: nil)
        try pair.carry()
      } else {
        pair.client.handler.closeWithoutNotify()
        pair.server.handler.closeWithoutNotify()
      }
      return resumed
    }
  }

  @Test(
    "The second connection resumes the first one's session, however that one ended",
    arguments: [TLSVersion.tls1_2, .tls1_3], [true, false])
  func resumes(_ version: TLSVersion, graceful: Bool) throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings { $0.maximum = version })
    let server = try TLSServerContext(certificates.serverSettings())
    let resumed = try run(
      client, server, peers: Array(repeating: "a", count: 5), graceful: graceful)
    #expect(resumed == [false, true, true, true, true])
  }

  @Test("Sessions belong to a peer", arguments: [TLSVersion.tls1_2, .tls1_3])
  func perPeer(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings { $0.maximum = version })
    let server = try TLSServerContext(certificates.serverSettings())
    #expect(try run(client, server, peers: ["a", "b", "a", "b"]) == [false, false, true, true])
  }

  @Test(
    "Without resumption on either side every handshake is a full one",
    arguments: [TLSVersion.tls1_2, .tls1_3], [true, false])
  func off(_ version: TLSVersion, isClients: Bool) throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(
      certificates.clientSettings {
        $0.maximum = version
        $0.resumption = !isClients
      })
    let server = try TLSServerContext(certificates.serverSettings { $0.resumption = isClients })
    #expect(try run(client, server, peers: ["a", "a", "a"]) == [false, false, false])
  }

  @Test(
    "A session that the server no longer knows leads to a full handshake",
    arguments: [
      TLSVersion.tls1_2, .tls1_3,
    ])
  func forgotten(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings { $0.maximum = version })
    let first = try TLSServerContext(certificates.serverSettings())
    let second = try TLSServerContext(certificates.serverSettings())
    #expect(try run(client, first, peers: ["a", "a"]) == [false, true])
    #expect(try run(client, second, peers: ["a", "a"]) == [false, true])
  }

  @Test("A TLS 1.3 ticket is used once: connections at a time have one each or none")
  func singleUse() throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings())
    let server = try TLSServerContext(certificates.serverSettings())
    #expect(try run(client, server, peers: ["a"]) == [false])
    // OpenSSL's server gives two tickets with a full handshake, RFC 8446 section 4.6.1 allows any.
    let pairs = try (0..<3).map { _ in try Pair(client, server, peer: "a") }
    defer { for pair in pairs { pair.finish() } }
    for pair in pairs { try pair.carry() }
    #expect(pairs.map { $0.client.witness.facts?.resumed } == [true, true, false])
  }

  @Test("A failed handshake forgets the session that it offered")
  func forgets() throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(certificates.clientSettings { $0.maximum = .tls1_2 })
    let server = try TLSServerContext(certificates.serverSettings())
    #expect(try run(client, server, peers: ["a", "a"]) == [false, true])
    let end = try End(TLSHandler(client: client, peer: "a"))
    defer { end.finish() }
    try end.activate()
    try end.receive(Array("454 TLS not available\r\n".utf8))
    #expect(end.witness.error?.code == .cleartext)
    #expect(try run(client, server, peers: ["a"]) == [false])
  }

  @Test("A client's certificate survives resumption", arguments: [TLSVersion.tls1_2, .tls1_3])
  func clientCertificate(_ version: TLSVersion) throws {
    let certificates = try Certificates.shared()
    let client = try TLSClientContext(
      certificates.clientSettings {
        $0.maximum = version
        $0.identity = certificates.client
      })
    let server = try TLSServerContext(
      certificates.serverSettings {
        $0.clientCertificates = .require(.pem(certificates.authorityPEM))
      })
    for isSecond in [false, true] {
      let pair = try Pair(client, server)
      defer { pair.finish() }
      try pair.carry()
      #expect(pair.server.witness.facts?.resumed == isSecond)
      #expect(pair.server.witness.facts?.chain.first?.subject == "CN=client.example")
      #expect(pair.server.witness.facts?.isVerified == true)
    }
  }
}
