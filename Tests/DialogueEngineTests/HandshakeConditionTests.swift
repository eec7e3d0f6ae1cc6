// SPDX-License-Identifier: Apache-2.0
//
// Conditions on handshakes, and whom a certificate names.

import ScenarioLanguage
import Testing

@testable import DialogueEngine

struct HandshakeConditionTests {
  @Test(
    "A name of a certificate stands for a host by whole labels, a wildcard for one",
    arguments: [
      ("mail.example.org", "mail.example.org", true),
      ("MAIL.example.org.", "mail.Example.org", true),
      ("*.example.org", "mail.example.org", true), ("*.example.org", "a.mail.example.org", false),
      ("*.example.org", "example.org", false), ("m*.example.org", "mail.example.org", false),
      ("*mail.example.org", "mail.example.org", false), ("mail.*.org", "mail.example.org", false),
      ("*.org", "example.org", false), ("*", "localhost", false), ("127.0.0.1", "127.0.0.1", true),
      ("*.0.0.1", "127.0.0.1", false), ("::1", "::1", true), ("", "mail.example.org", false),
    ])
  func matches(_ name: String, _ host: String, _ does: Bool) {
    #expect(CertificateNames.matches(name, host) == does)
  }

  @Test(
    "A certificate breaks the rules that it breaks and no others",
    arguments: [
      (["mail.test"], "mail.test", "ok", []), (["mail.test"], "x", "ok", []),
      (["other.test"], "mail.test", "ok", [.namesHost, .notByCommonName]),
      (["other.test"], "other.test", "ok", [.namesHost]), ([], nil, "ok", [.namesHost]),
      (["mail.test", "m*.test"], nil, "ok", [.wholeWildcards]),
      (["mail.test"], nil, "certificate has expired", [.trusted]),
    ] as [([String], String?, String, [CertificateRule])])
  func rules(
    _ names: [String], _ commonName: String?, _ verification: String, _ broken: [CertificateRule]
  ) {
    let agreed = AgreedTLS(verification: verification, names: names, commonName: commonName)
    let view = HandshakeView(agreed: agreed, host: "mail.test")
    for rule in CertificateRule.allCases {
      let unmet = TLSCondition.certificate(rule).unmet(by: .secured(""), view)
      #expect((unmet != nil) == broken.contains(rule), "\(rule.rawValue): \(unmet ?? "kept")")
    }
  }

  @Test("Each condition looks only at answers of which it can say something")
  func applicability() {
    let view = HandshakeView(agreed: AgreedTLS(version: .tls12, cipher: "AES128-SHA"), alert: "x")
    let conditions: [(TLSCondition, String?)] = [
      (.version([.tls13]), "the version is 1.2"), (.version([.tls12, .tls13]), nil),
      (.cipher("GCM"), "the cipher is AES128-SHA"), (.cipher("^AES"), nil),
      (.extendedMasterSecret(false), "the extended master secret is in use"),
      (.asksCertificate(true), "the server asks for no client certificate"),
    ]
    for (condition, unmet) in conditions {
      #expect(condition.unmet(by: .secured(""), view) == (unmet))
      #expect(condition.unmet(by: .refused("no"), view) == nil)
      #expect(condition.unmet(by: .replies([]), view) == nil)
    }
    #expect(TLSCondition.alert("x").unmet(by: .refused("no"), view) == nil)
    #expect(TLSCondition.alert("y").unmet(by: .refused("no"), view) != nil)
    #expect(TLSCondition.alert("y").unmet(by: .secured(""), view) == nil)
    #expect(TLSCondition.closeNotify.unmet(by: .closed(.fin), view) == nil)
    #expect(TLSCondition.closeNotify.unmet(by: .closed(.truncated), view) != nil)
    #expect(TLSCondition.closeNotify.unmet(by: .closed(.fin), HandshakeView()) != nil)
    #expect(TLSCondition.version([.tls13]).unmet(by: .secured(""), HandshakeView()) != nil)
  }
}
