// SPDX-License-Identifier: Apache-2.0
//
// Login data and base64 in the texts of scenarios.

import JSONText
import Testing

@testable import ScenarioLanguage

struct CredentialTextTests {
  private func template(_ text: String) throws -> Template? {
    let scenario = try dialogue(#"{"send": "\#(text)"}"#)
    #expect(scenario.needs.credentials == text.contains("credentials."))
    let actions = try scenario.session(for: .example(.submission)).script.map(\.action)
    guard case .send(let template)? = actions.first else { return nil }
    return template
  }

  private static func octets(_ text: String) -> Template.Piece { .octets(Array(text.utf8)) }
  private static func secret(_ text: String) -> Template.Piece { .secret(Array(text.utf8)) }

  @Test(
    "Login data stands in for its name; what shows a secret is one itself",
    arguments: [
      ("AUTH ${credentials.username}", [octets("AUTH tester\r\n")]),
      ("x ${credentials.password}", [octets("x "), secret("secret"), octets("\r\n")]),
      (
        "AUTH X ${base64:n,,n=${credentials.username},r=a}",
        [octets("AUTH X biwsbj10ZXN0ZXIscj1h\r\n")]
      ),
      (
        #"A ${base64:\\x00${credentials.username}\\x00${credentials.password}} b"#,
        [octets("A "), secret("AHRlc3RlcgBzZWNyZXQ="), octets(" b\r\n")]
      ),
      ("A ${base64:${fill:3:x}}${base64:}", [octets("A eHh4\r\n")]),
    ])
  func texts(_ text: String, _ pieces: [Template.Piece]) throws {
    #expect(try template(text)?.pieces == pieces)
  }

  @Test("A profile without a token is told from one that has it")
  func token() throws {
    let scenario = try dialogue(#"{"send": "${credentials.token}"}"#)
    var target = TargetProfile.example(.submission)
    #expect(scenario.unmetNeeds(of: target) == [])
    target.credentials?.token = nil
    #expect(scenario.unmetNeeds(of: target) == ["the profile has no token"])
    target.credentials = nil
    #expect(scenario.unmetNeeds(of: target) == ["the profile has no credentials"])
  }

  @Test(
    "A mistake in base64 is told",
    arguments: [
      ("${base64:abc", #"test.json:1:38: "send": "${base64:" without "}""#),
      (
        "${base64:${session}}",
        #"test.json:1:38: "${session}" is known only while a session runs and cannot stand here"#
      ),
    ])
  func mistakes(_ text: String, _ problem: String) {
    #expect(problems(#"{"title": "T", "dialogue": [{"send": "\#(text)"}]}"#) == [problem])
  }
}
