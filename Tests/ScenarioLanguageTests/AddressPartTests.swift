// SPDX-License-Identifier: Apache-2.0
//
// Parts of addresses by name, as scenarios ask for them, and regular expressions over replies.

import JSONText
import Testing

@testable import ScenarioLanguage

struct AddressPartTests {
  @Test(
    "A part of an address is what its name says",
    arguments: [
      ("recipient.local", "user1"), ("recipient.domain", "relaymark.test"),
      ("upper:recipient", "USER1@RELAYMARK.TEST"), ("upper:recipient.domain", "RELAYMARK.TEST"),
      ("upper:second.local", "USER1"),
    ])
  func value(_ name: String, _ value: String) throws {
    let part = try #require(AddressPart(name))
    #expect(part.value(of: "user1@relaymark.test") == value)
  }

  @Test("The last @ divides an address")
  func quoted() throws {
    let local = try #require(AddressPart("sender.local"))
    #expect(local.value(of: "\"a@b\"@c.test") == "\"a@b\"")
  }

  @Test("An address without a domain has none")
  func postmaster() throws {
    let domain = try #require(AddressPart("recipient.domain"))
    let local = try #require(AddressPart("recipient.local"))
    #expect(domain.value(of: "postmaster") == nil)
    #expect(local.value(of: "postmaster") == "postmaster")
  }

  @Test(
    "Other names are no parts of addresses",
    arguments: [
      "recipient", "recipient.", "recipient.top", "domain.local", "upper:", "upper:host",
      "recipient.local.x", "Recipient.local", "upper:upper:recipient",
    ])
  func others(_ name: String) {
    #expect(AddressPart(name) == nil)
  }

  @Test("A condition keeps its expression, line ends as escapes")
  func expression() throws {
    let conditions = try conditions(#""matches": "^250[ -]", "matches-not": "a\r\nb""#)
    #expect(conditions == [.matches("^250[ -]"), .matchesNot("a\\r\\nb")])
  }

  @Test("What is no regular expression is a script error", arguments: ["(", "[", ")"])
  func malformed(_ expression: String) {
    #expect(throws: ScriptError.self) { try conditions("\"matches\": \"\(expression)\"") }
  }

  private func conditions(_ text: String) throws -> [ScenarioLanguage.Expectation.Condition] {
    let script =
      "{\"title\": \"T\", \"dialogue\": [{\"send\": \"NOOP\", \"expect\": {\"pass\": \"2xx\", \(text)}}]}"
    let value = try JSONReader.read(octets: Array(script.utf8), file: "test.json")
    let scenario = try Scenario.decode(value, file: "test.json")
    guard case .dialogue(let steps)? = scenario.runs.first?.body else { return [] }
    return steps.first?.expect?.conditions ?? []
  }
}
