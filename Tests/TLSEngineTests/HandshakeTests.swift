// SPDX-License-Identifier: Apache-2.0
//
// Handshakes in memory: what both sides agree on, and what the facts say about it.

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
      #expect(client.version == .tls1_3)
      #expect(client.cipher == "TLS_AES_256_GCM_SHA384")
      #expect(client.group == "x25519")
      #expect(!client.resumed)
      #expect(client.verification == "ok")
      #expect(client.isVerified)
      #expect(client.serverName == "relay.example")
      #expect(client.chain.map(\.subject) == ["CN=relay.example", "CN=Relaymark test authority"])
      #expect(server.version == client.version)
      #expect(server.cipher == client.cipher)
      #expect(server.group == client.group)
      #expect(server.serverName == "relay.example")
      #expect(server.chain.isEmpty)
      #expect(!server.isVerified)
    }
  }
}
