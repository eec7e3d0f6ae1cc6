// SPDX-License-Identifier: Apache-2.0
//
// TLS handshakes of a script's own, from the text to the instructions.

import ScenarioLanguage
import Testing

struct HandshakeTests {
  private static let step =
    #"{"handshake": {"maximum": "1.2", "ciphers": "eNULL"}, "expect": {"pass": "refused", "fail": "secured"}}"#

  @Test("It connects by itself: behind STARTTLS, or from the first octet where TLS is implicit")
  func compiles() throws {
    let scenario = try dialogue(Self.step)
    #expect(scenario.connectsByItself)
    #expect(scenario.needs.tls)
    let offer = TLSOffer(maximum: .tls12, ciphers: "eNULL")
    let plain = try scenario.session(for: .example(.submission)).script
    #expect(
      plain.map(\.label) == [
        "connect", "greeting", "EHLO client.test", "needs STARTTLS", "STARTTLS", "TLS handshake",
      ])
    #expect(plain.map { $0.origin == .script } == [false, false, false, false, false, true])
    guard case .startTLS(.offering(offer))? = plain.last?.action else {
      Issue.record("no handshake")
      return
    }
    let implicit = try scenario.session(for: .example(.submissions)).script
    #expect(implicit.map(\.label) == ["TLS handshake", "greeting"])
    guard case .connect(source: nil, offer: offer)? = implicit.first?.action else {
      Issue.record("no connection")
      return
    }
    #expect(scenario.unmetNeeds(of: .example(.lmtp)) == ["the profile uses no TLS"])
  }

  @Test("Conditions on TLS are read, and of a connect they go with the connection")
  func conditions() throws {
    let scenario = try dialogue(
      #"""
      {"connect": {}, "expect": {"pass": "220", "otherwise": "warn", "text": "ESMTP",
        "tls": {"version": "1.2|1.3", "cipher": "GCM$", "certificate": ["trusted"], "close-notify": true}}}
      """#)
    let script = try scenario.session(for: .example(.submissions)).script
    #expect(
      script[0].expectation.conditions == [
        .tls(.version([.tls12, .tls13])), .tls(.cipher("GCM$")), .tls(.certificate(.trusted)),
        .tls(.closeNotify),
      ])
    #expect(script[0].expectation.otherwise == .warn)
    #expect(script[1].expectation.conditions == [.text(contains: Array("ESMTP".utf8))])
  }

  @Test("A profile that believes any certificate lacks trust")
  func trust() throws {
    let scenario = try dialogue(Self.step, head: #""needs": {"trust": true},"#)
    var target = TargetProfile.example(.submissions)
    #expect(scenario.unmetNeeds(of: target).isEmpty)
    target.tls.trust = .unverified
    #expect(scenario.unmetNeeds(of: target) == ["the profile believes any certificate"])
  }

  @Test(
    "What is wrong with a handshake is told where it stands",
    arguments: [
      (#"{"handshake": {}}"#, "a handshake step needs \"expect\""),
      (
        #"{"handshake": {"minimum": "1.3", "maximum": "1.2"}, "expect": "secured"}"#,
        "\"minimum\" is above \"maximum\""
      ),
      (#"{"handshake": {"ciphers": "ALL"}, "expect": "secured"}"#, "needs \"maximum\""),
      (#"{"handshake": {"maximum": "1.4"}, "expect": "secured"}"#, "maximum \"1.4\""),
      (
        #"{"handshake": {"hello": "ssl3", "maximum": "1.2"}, "expect": "refused"}"#,
        "\"maximum\" does not go with \"hello\""
      ),
      (#"{"handshake": {"sni": "x"}, "expect": "secured"}"#, "unknown key \"sni\""),
      (
        #"{"handshake": {}, "expect": {"pass": "secured", "tls": {"version": "1.2|2"}}}"#,
        "version \"2\""
      ),
      (
        #"{"handshake": {}, "expect": {"pass": "secured", "tls": {}}}"#, "\"tls\" demands nothing"
      ),
      (
        #"{"handshake": {}, "expect": {"pass": "close", "tls": {"close-notify": false}}}"#,
        "\"close-notify\" is true, or absent"
      ),
    ])
  func problems(_ step: String, _ words: String) {
    let found = ScenarioLanguageTests.problems(#"{"title": "T", "dialogue": [\#(step)]}"#)
    #expect(found.count == 1 && found[0].contains(words), "\(found)")
  }
}
