// SPDX-License-Identifier: Apache-2.0
//
// Settings that cannot be had: each error names what is wrong, before any connection.

import TLSEngine
import Testing

struct SettingsTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout TLSClientSettings) -> Void
    var code: TLSError.Code
  }

  static let wrongs = [
    Wrong(
      testDescription: "set the versions: the oldest is 1.3, the newest 1.2",
      change: {
        $0.minimum = .tls1_3
        $0.maximum = .tls1_2
      }, code: .settings),
    Wrong(
      testDescription: "set the cipher list to \"ROT13\": no cipher match",
      change: { $0.ciphers = "ROT13" }, code: .settings),
    Wrong(
      testDescription: "set the cipher suites to \"TLS_ROT13\"",
      change: { $0.cipherSuites = "TLS_ROT13" }, code: .settings),
    Wrong(
      testDescription: "set the groups to \"P-13\"", change: { $0.groups = "P-13" }, code: .settings
    ),
    Wrong(
      testDescription: "indicate the server name \"\"", change: { $0.serverName = "" },
      code: .settings),
    Wrong(
      testDescription: "compare the certificate's names with \"\"",
      change: { $0.verifyName = "" }, code: .settings),
    Wrong(
      testDescription: "read the trusted authorities: there is no certificate in PEM form",
      change: { $0.trust = .pem(Array("nothing".utf8)) }, code: .material),
    Wrong(
      testDescription:
        "read the trusted authorities: /nowhere/ca.pem: No such file or directory",
      change: { $0.trust = .authorities("/nowhere/ca.pem") }, code: .material),
    Wrong(
      testDescription: "read the trusted authorities: certificate 1: ",
      change: {
        $0.trust = .pem(
          Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8))
      }, code: .material),
    Wrong(
      testDescription: "use our certificate chain: there is no certificate in PEM form",
      change: { $0.identity = TLSIdentity(chainPEM: [], keyPEM: []) }, code: .material),
  ]

  @Test("A context says what is wrong with its settings", arguments: wrongs)
  func wrong(_ fixture: Wrong) throws {
    var settings = TLSClientSettings()
    fixture.change(&settings)
    let error = try #require(throws: TLSError.self) { try TLSClientContext(settings) }
    #expect(error.code == fixture.code)
    #expect(error.description.hasPrefix("\(fixture.code): cannot \(fixture.testDescription)"))
  }

  @Test("A key that belongs to another certificate is refused")
  func otherKey() throws {
    let certificates = try Certificates.shared()
    let mixed = TLSIdentity(
      chainPEM: certificates.server.chainPEM, keyPEM: certificates.client.keyPEM)
    let error = try #require(throws: TLSError.self) {
      try TLSServerContext(TLSServerSettings(identity: mixed))
    }
    #expect(error.code == .material)
    #expect(error.description.contains("cannot use our private key"))
  }

  @Test("An encrypted key is refused, nobody is asked for a passphrase")
  func encryptedKey() throws {
    let certificates = try Certificates.shared()
    let identity = TLSIdentity(
      chainPEM: certificates.server.chainPEM, keyPEM: Array(encryptedKeyPEM.utf8))
    let error = try #require(throws: TLSError.self) {
      try TLSServerContext(TLSServerSettings(identity: identity))
    }
    #expect(error.code == .material)
    #expect(error.description.contains("not encrypted"))
  }

  @Test("Printing an identity or settings that hold one shows no key")
  func hiddenKey() throws {
    let certificates = try Certificates.shared()
    let settings = certificates.serverSettings()
    let key = String(decoding: certificates.server.keyPEM, as: UTF8.self)
    let octets = "\(Array(certificates.server.keyPEM.prefix(40)))".dropFirst().dropLast()
    var dumped = ""
    dump(settings, to: &dumped)
    for text in ["\(settings)", String(reflecting: settings), dumped] {
      #expect(!text.contains(key))
      #expect(!text.contains(octets))
      #expect(!text.contains("keyPEM"))
    }
  }

  /// A key on P-256, made for this test and encrypted with the passphrase `secret`.
  private let encryptedKeyPEM = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh5oyTGvC1BdgICCAAw
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEAgey2Gl0VtEkJXkTlE5rM0EgZB6
    BnjASS1J0CAiONfngItFuMI+GXN/dOlCnZHK6l7d3Xys7Fve2zBb5+eiDGvOTQRX
    OwTr4CbuaZPPf4UJ34hx1J20ZC0ICBqWr8YT1Wj0btCF+g9ne6zdIKDPT2E0DTya
    9ELErcFTYtZGvdQjXOCv9a++X4DzSHfZ8fF0tUzPEng1mqE/z7k7JB6xsgRz52A=
    -----END ENCRYPTED PRIVATE KEY-----
    """
}
