// SPDX-License-Identifier: Apache-2.0
//
// What a server can be made to do in a handshake, and what its client sees of it, in memory.

import NIOCore
import NIOEmbedded
import TLSEngine
import Testing

struct ServerKnobTests {
  private func outcome(
    client: (inout TLSClientSettings) -> Void = { _ in },
    server: (inout TLSServerSettings) -> Void = { _ in }
  ) throws -> (facts: TLSFacts?, error: TLSError?) {
    let certificates = try Certificates.shared()
    var result: (TLSFacts?, TLSError?) = (nil, nil)
    try Pair.run(
      client: certificates.clientSettings(client), server: certificates.serverSettings(server)
    ) { pair in
      result = (pair.client.witness.facts, pair.client.witness.error)
    }
    return result
  }

  @Test("A server that serves some names refuses others with unrecognized name")
  func serverNames() throws {
    let known = try outcome(server: { $0.serverNames = ["Relay.Example"] })
    #expect(known.facts != nil)
    let unknown = try outcome(server: { $0.serverNames = ["other.example"] })
    #expect(unknown.error?.alert == TLSAlert(sent: false, number: 112, name: "unrecognized name"))
    let silent = try outcome(client: { $0.serverName = nil }) { $0.serverNames = ["other.example"] }
    #expect(silent.facts != nil)
  }

  @Test("A server can be held to TLS 1.2 by clients that have it, and by no others")
  func prefersTLS12() throws {
    let both = try outcome(server: { $0.prefersTLS12 = true })
    #expect(both.facts?.version == .tls1_2)
    let modern = try outcome(client: { $0.minimum = .tls1_3 }) { $0.prefersTLS12 = true }
    #expect(modern.facts?.version == .tls1_3)
  }

  @Test(
    "A client sees that it is asked for a certificate", arguments: [TLSVersion.tls1_2, .tls1_3])
  func asksCertificate(_ version: TLSVersion) throws {
    let plain = try outcome(client: { $0.maximum = version })
    #expect(plain.facts?.asksCertificate == false)
    let asking = try outcome(client: { $0.maximum = version }) {
      $0.clientCertificates = .request(.unverified)
    }
    #expect(asking.facts?.asksCertificate == true)
  }

  @Test("Application protocols: what is offered can be chosen, what is not is refused")
  func applicationProtocols() throws {
    let chosen = try outcome(client: { $0.applicationProtocols = ["a/1", "b/2"] }) {
      $0.applicationProtocol = "b/2"
    }
    #expect(chosen.facts?.applicationProtocol == "b/2")
    let ignored = try outcome(client: { $0.applicationProtocols = ["a/1"] })
    #expect(ignored.facts != nil && ignored.facts?.applicationProtocol == nil)
    let foreign = try outcome(client: { $0.applicationProtocols = ["a/1"] }) {
      $0.applicationProtocol = "http/1.1"
    }
    #expect(foreign.error?.alert?.sent == true)
  }

  @Test("TLS 1.2 without the extended master secret, and the client's order of ciphers")
  func oldHabits() throws {
    let bare = try outcome(client: { $0.maximum = .tls1_2 }) { $0.extendedMasterSecret = false }
    #expect(bare.facts?.extendedMasterSecret == false)
    let ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"
    let backwards = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
    for prefersOwn in [true, false] {
      let result = try outcome(client: {
        $0.maximum = .tls1_2
        $0.ciphers = backwards
      }) {
        $0.ciphers = ciphers
        $0.prefersOwnCiphers = prefersOwn
      }
      #expect(result.facts?.cipher.contains(prefersOwn ? "AES256" : "AES128") == true)
    }
  }

  @Test("A certificate that does not verify is a fact where it is not to be refused")
  func recordsOnly() throws {
    let certificates = try Certificates.shared()
    let result = try outcome(client: { $0.refusesPeer = false }) {
      $0.identity = certificates.expired
    }
    #expect(result.facts?.verification == "certificate has expired")
  }

  @Test("Certificates with RSA keys and common names of their own")
  func wishes() throws {
    let authority = try SelfSigned.Authority()
    let identity = try authority.issue(
      .init(names: ["a.example"], commonName: "b.example", key: .rsa2048))
    let result = try outcome(client: {
      $0.maximum = .tls1_2
      $0.ciphers = "kRSA+AESGCM"
      $0.refusesPeer = false
    }) {
      $0.identity = identity
      $0.ciphers = "kRSA+AESGCM"
    }
    let leaf = try #require(result.facts?.chain.first)
    #expect(leaf.keyKind == "RSA" && leaf.keyBits == 2_048)
    #expect(leaf.commonName == "b.example" && leaf.names == ["a.example"])
    #expect(result.facts?.cipher.hasPrefix("AES") == true)
  }

  @Test("A client with no cipher to offer is not made")
  func nothingToOffer() throws {
    let certificates = try Certificates.shared()
    let settings = certificates.clientSettings {
      $0.maximum = .tls1_1
      $0.ciphers = "ECDHE+AESGCM"
    }
    let error = #expect(throws: TLSError.self) { try TLSClientContext(settings) }
    #expect(error?.code == .settings)
    #expect(error?.detail.contains("no cipher") == true)
  }
}
