// SPDX-License-Identifier: Apache-2.0
//
// Which mechanism is taken, what each needs, and the ways of those that are no SCRAM.

import SASLExchange
import Testing

@Suite struct MechanismTests {
  // MARK: Choice

  @Test("Names are read in any case, and unknown ones not at all")
  func names() {
    #expect(SASLMechanism(name: "scram-sha-256-plus") == .scramSHA256Plus)
    #expect(SASLMechanism(name: "Plain") == .plain)
    #expect(SASLMechanism(name: "GSSAPI") == nil)
    #expect(SASLMechanism(name: "") == nil)
  }

  @Test(
    "The strongest mechanism is taken for which there are credentials",
    arguments: [
      ("PLAIN LOGIN SCRAM-SHA-256-PLUS SCRAM-SHA-256", true, SASLMechanism.scramSHA256Plus),
      ("PLAIN LOGIN SCRAM-SHA-256-PLUS SCRAM-SHA-256", false, .scramSHA256),
      ("SCRAM-SHA-1 SCRAM-SHA-256", false, .scramSHA256),
      ("SCRAM-SHA-1-PLUS SCRAM-SHA-256", true, .scramSHA1Plus),
      ("plain CRAM-MD5", false, .cramMD5),
      ("LOGIN PLAIN EXTERNAL GSSAPI", false, .plain),
      ("LOGIN", false, .login),
      ("XOAUTH2 EXTERNAL GSSAPI", true, nil),
      ("", true, nil),
    ])
  func bestWithPassword(offered: String, binds: Bool, expected: SASLMechanism?) {
    let credentials = SASLCredentials(username: "tester", password: "secret")
    let names = offered.split(separator: " ").map(String.init)
    let best = SASLMechanism.best(offered: names, having: credentials, channelBinding: binds)
    #expect(best == expected)
  }

  @Test("A token chooses OAuth, and nothing at all chooses EXTERNAL")
  func bestWithoutPassword() {
    let offered = ["PLAIN", "XOAUTH2", "EXTERNAL", "OAUTHBEARER"]
    func best(_ credentials: SASLCredentials) -> SASLMechanism? {
      SASLMechanism.best(offered: offered, having: credentials, channelBinding: false)
    }
    #expect(best(SASLCredentials(username: "tester", token: "t")) == .oauthbearer)
    #expect(best(SASLCredentials()) == .external)
    #expect(best(SASLCredentials(username: "tester")) == .external)
    #expect(best(SASLCredentials(password: "secret")) == nil)
  }

  @Test(
    "A client without its credentials does not start",
    arguments: SASLMechanism.allCases.filter { $0 != .external })
  func missingCredentials(mechanism: SASLMechanism) {
    let error = #expect(throws: SASLError.self) {
      try Fixture.client(mechanism, SASLCredentials(username: "tester"))
    }
    #expect(error?.code == .missingCredential)
  }

  @Test(
    "Credentials that a mechanism cannot carry are refused before anything is sent",
    arguments: [
      (SASLMechanism.plain, SASLCredentials(username: "a\0b", password: "c")),
      (.plain, SASLCredentials(authorizationIdentity: "\0", username: "a", password: "c")),
      (.external, SASLCredentials(authorizationIdentity: "a\0")),
      (.xoauth2, SASLCredentials(username: "a\u{1}b", token: "c")),
      (.xoauth2, SASLCredentials(username: "a", token: "c\u{1}d")),
      (.oauthbearer, SASLCredentials(username: "a", token: "c d")),
      (.oauthbearer, SASLCredentials(username: "a\u{1}", token: "c")),
      (.scramSHA256, SASLCredentials(username: "a\u{7}", password: "c")),
      (.scramSHA256, SASLCredentials(username: "a", password: "\u{AD}")),
      (
        .scramSHA1, SASLCredentials(authorizationIdentity: "\u{E000}", username: "a", password: "c")
      ),
    ])
  func unusableCredentials(mechanism: SASLMechanism, credentials: SASLCredentials) {
    let error = #expect(throws: SASLError.self) { try Fixture.client(mechanism, credentials) }
    #expect(error?.code == .unusableCredential)
  }

  @Test("Printing and dumping shows no secret")
  func noSecretsInPrint() throws {
    let credentials = SASLCredentials(
      username: "tester", password: "geheim-wort", token: "geheim-token")
    let account = SASLAccount(name: "tester", password: "geheim-wort", token: "geheim-token")
    let client = try Fixture.client(.plain, credentials)
    var server = try Fixture.server(.login, Fixture.service([account]))
    _ = server.receive(octets("geheim-name"))
    let keys = SCRAMKeys(
      salt: [], iterations: 7, storedKey: octets("geheim"), serverKey: octets("geheim"))
    var text = ""
    dump(credentials, to: &text)
    dump(account, to: &text)
    dump(client, to: &text)
    dump(server, to: &text)
    dump(keys, to: &text)
    text += "\(credentials)\(account)\(client)\(server)\(keys)\(String(reflecting: credentials))"
    #expect(!text.contains("geheim"))
    #expect(!text.contains("\(UInt8(ascii: "g"))"))
    #expect(text.contains("tester"))
  }

  // MARK: What all have in common

  @Test("A challenge that is no strict base64 is cancelled", arguments: ["ok", "VXNl cm", "=AAA"])
  func challengeNotBase64(text: String) throws {
    var client = try Fixture.client(.login)
    let step = client.respond(toEncoded: octets(text))
    #expect(step.fault == .badBase64)
    #expect(step.line == octets("*"))
    #expect(throws: SASLError.self) { try client.finished(success: true) }
  }

  @Test("Challenges and responses beyond 12288 octets are too long")
  func tooLong() throws {
    let message = [UInt8](repeating: 0x41, count: SASLLine.messageLimit + 1)
    var client = try Fixture.client(.login)
    let step = client.respond(to: message)
    #expect(step.fault == .tooLong)
    var other = try Fixture.client(.login)
    let encoded = other.respond(toEncoded: [UInt8](repeating: 0x41, count: SASLLine.limit + 4))
    #expect(encoded.fault == .tooLong)
    var server = try Fixture.server(.plain)
    let verdict = server.receive(message)
    #expect(verdict.fault == .tooLong)
  }

  @Test(
    "Where the client speaks first, a challenge with text gets no credentials",
    arguments: SASLMechanism.allCases.filter(\.clientSpeaksFirst))
  func textBeforeTheClient(mechanism: SASLMechanism) throws {
    var client = try Fixture.client(mechanism)
    let step = client.respond(to: octets("go ahead"))
    #expect(step.fault == .unexpected)
  }

  @Test("A 235 before any credentials is not believed", arguments: SASLMechanism.allCases)
  func earlySuccess(mechanism: SASLMechanism) throws {
    let client = try Fixture.client(mechanism)
    let error = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(error?.code == .incomplete)
    #expect(throws: Never.self) { try client.finished(success: false) }
  }

  @Test("A server goes on neither without a response nor behind the end")
  func afterTheEnd() throws {
    var server = try Fixture.server(.login)
    _ = server.receive(nil)
    let second = server.receive(nil)
    #expect(second.fault == .unexpected)
    let third = server.receive(octets("tester"))
    #expect(third.fault == .unexpected)
  }

  // MARK: PLAIN

  @Test(
    "PLAIN has two NUL and three UTF-8 fields",
    arguments: ["", "user pass", "\0user", "\0u\0p\0x", "\0tester\0secret\0"])
  func plainFields(message: String) throws {
    var server = try Fixture.server(.plain)
    let step = server.receive(octets(message))
    #expect(step.fault == .malformed)
  }

  @Test("PLAIN that is no UTF-8 is malformed", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80]])
  func plainUTF8(password: [UInt8]) throws {
    var server = try Fixture.server(.plain)
    let step = server.receive(octets("\0tester\0") + password)
    #expect(step.fault == .malformed)
  }

  @Test(
    "Empty and unpreparable fields of PLAIN let nobody in",
    arguments: [
      "\0tester\0", "\0\0secret", "\0\0", "\u{AD}\0tester\0secret", "\0tester\0sec\u{7}ret",
      "\u{7}\0tester\0secret", "\0\u{AD}\0secret",
    ])
  func plainEmpty(message: String) throws {
    var server = try Fixture.server(.plain)
    #expect(server.receive(octets(message)) == .refused(.wrongCredentials))
  }

  @Test("A second challenge to PLAIN is cancelled")
  func plainTwice() throws {
    var client = try Fixture.client(.plain)
    _ = client.initialResponse()
    let step = client.respond(to: [])
    #expect(step.fault == .unexpected)
  }

  // MARK: LOGIN

  @Test(
    "The LOGIN client sends name and password whatever the prompts say",
    arguments: [
      ("Username:", "Password:"), ("", ""), ("Password:", "Username:"), ("\u{1F600}", "\0"),
      ("User Name\0", "Password\0"),
    ])
  func loginPrompts(first: String, second: String) throws {
    var client = try Fixture.client(.login)
    #expect(!client.sendsInitialResponse)
    #expect(client.respond(to: octets(first)) == .response(octets("tester")))
    let early = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(early?.code == .incomplete)
    #expect(client.respond(to: octets(second)) == .response(octets("secret")))
    #expect(throws: Never.self) { try client.finished(success: true) }
    let third = client.respond(to: [])
    #expect(third.fault == .unexpected)
  }

  @Test("A server that asks again for a name sent with AUTH LOGIN gets it again")
  func loginAsksAgain() throws {
    var client = try Fixture.client(.login)
    #expect(client.initialResponse() == octets("tester"))
    var patient = client
    #expect(client.respond(to: octets("Password:")) == .response(octets("secret")))
    #expect(patient.respond(to: octets("USERNAME:")) == .response(octets("tester")))
    #expect(patient.respond(to: octets("Username:")) == .response(octets("secret")))
    let end = patient.respond(to: octets("Username:"))
    #expect(end.fault == .unexpected)
  }

  @Test("The LOGIN server asks for what is missing and refuses empty answers")
  func loginServer() throws {
    var server = try Fixture.server(.login)
    #expect(server.receive(nil) == .challenge(octets("Username:")))
    #expect(server.receive([]) == .challenge(octets("Password:")))
    #expect(server.receive([]) == .refused(.wrongCredentials))
    var quick = try Fixture.server(.login)
    #expect(quick.receive(octets("tester")) == .challenge(octets("Password:")))
    #expect(quick.receive(octets("secret")) == .accepted(identity: "tester"))
  }

  // MARK: CRAM-MD5

  @Test("CRAM-MD5 takes no initial response (RFC 4954, section 4)")
  func cramInitialResponse() throws {
    for message in [octets("foo"), []] {
      var server = try Fixture.server(.cramMD5)
      let step = server.receive(message)
      #expect(step.fault == .unexpectedInitialResponse)
    }
  }

  @Test("CRAM-MD5 challenges have the form of a message id and differ")
  func cramChallenge() throws {
    var challenges: Set<String> = []
    for _ in 0..<20 {
      var server = try Fixture.server(.cramMD5)
      guard case .challenge(let challenge) = server.receive(nil) else { continue }
      challenges.insert(String(decoding: challenge, as: UTF8.self))
    }
    #expect(challenges.count == 20)
    #expect(challenges.allSatisfy { $0.hasPrefix("<") && $0.hasSuffix("@relay.example>") })
  }

  @Test(
    "A CRAM-MD5 response is a name, a space and 32 digits in lower case",
    arguments: [
      "", "tester", "tester ", "tester b913", "tester B913A602C7EDA7A495B4E6E7334D3890",
      "tester b913a602c7eda7a495b4e6e7334d389g", "te\0ster b913a602c7eda7a495b4e6e7334d3890",
    ])
  func cramResponse(message: String) throws {
    var server = try Fixture.server(.cramMD5)
    _ = server.receive(nil)
    let step = server.receive(octets(message))
    #expect(step.fault == .malformed)
  }

  @Test("The CRAM-MD5 client answers one challenge, and no empty one")
  func cramClient() throws {
    var client = try Fixture.client(.cramMD5)
    let empty = client.respond(to: [])
    #expect(empty.fault == .malformed)
    var other = try Fixture.client(.cramMD5)
    _ = other.respond(to: octets("<1@a>"))
    let second = other.respond(to: octets("<2@a>"))
    #expect(second.fault == .unexpected)
  }

  // MARK: Bearer tokens

  @Test(
    "A refused token leads to an error, an answer and a refusal",
    arguments: [(SASLMechanism.xoauth2, [] as [UInt8]), (.oauthbearer, [1])])
  func refusedToken(mechanism: SASLMechanism, answer: [UInt8]) throws {
    let wrong = SASLCredentials(username: "tester", token: "other")
    let conversation = try Conversation(
      try Fixture.client(mechanism, wrong), try Fixture.server(mechanism))
    #expect(conversation.ending == .server(.refused(.wrongCredentials)))
    #expect(conversation.responses.last == answer)
    let challenge = String(decoding: conversation.challenges.last ?? [], as: UTF8.self)
    #expect(challenge.hasPrefix("{\"status\":"))
  }

  @Test("Success behind the server's error is not believed, nor is a second error")
  func successAfterError() throws {
    var client = try Fixture.client(.oauthbearer)
    _ = client.initialResponse()
    _ = client.respond(to: octets(#"{"status":"invalid_token"}"#))
    let error = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(error?.code == .refusedByServer)
    let second = client.respond(to: octets("{}"))
    #expect(second.fault == .unexpected)
  }

  @Test(
    "The server ignores unknown keys and the case of Bearer (RFC 7628, section 3.1)",
    arguments: ["zz=1\u{1}auth=bEaReR token-of-tester", "auth=Bearer token-of-tester\u{1}zz="])
  func unknownKeys(parts: String) throws {
    var server = try Fixture.server(.oauthbearer)
    #expect(
      server.receive(octets("n,a=tester,\u{1}\(parts)\u{1}\u{1}"))
        == .accepted(identity: "tester"))
  }

  @Test(
    "Bearer messages that are not in order are malformed",
    arguments: [
      "", "n,a=tester,", "n,a=tester,\u{1}", "auth=Bearer token-of-tester\u{1}\u{1}",
      "n,a=tester,\u{1}auth=Bearer token-of-tester\u{1}",
      "n,a=tester,\u{1}auth\u{1}\u{1}", "z,a=tester,\u{1}auth=Bearer t\u{1}\u{1}",
      "n,a=tester,\u{1}auth=Bearer a\u{1}auth=Bearer b\u{1}\u{1}",
      "n,a=tester,\u{1}auth=Bearer \0\u{1}\u{1}", "n,a=tes=ter,\u{1}auth=Bearer t\u{1}\u{1}",
    ])
  func badBearer(message: String) throws {
    var server = try Fixture.server(.oauthbearer)
    let step = server.receive(octets(message))
    #expect(step.fault == .malformed)
  }

  @Test(
    "No account, no token and no scheme let nobody in",
    arguments: [
      "n,,\u{1}auth=Bearer token-of-tester\u{1}\u{1}", "n,a=tester,\u{1}\u{1}",
      "n,a=tester,\u{1}auth=Basic token-of-tester\u{1}\u{1}",
      "n,a=tester,\u{1}auth=Bearer \u{1}\u{1}", "n,a=nobody,\u{1}auth=Bearer \u{1}\u{1}",
    ])
  func nothingToBear(message: String) throws {
    var server = try Fixture.server(.oauthbearer)
    guard case .challenge = server.receive(octets(message)) else {
      Issue.record("no error challenge")
      return
    }
    var wrongAnswer = server
    #expect(server.receive([1]) == .refused(.wrongCredentials))
    let step = wrongAnswer.receive([2])
    #expect(step.fault == .malformed)
  }

  @Test("An account without a token is not opened by an empty one", arguments: [nil, ""])
  func emptyToken(stored: String?) throws {
    let service = Fixture.service([SASLAccount(name: "tester", password: "p", token: stored)])
    for (mechanism, start) in [(SASLMechanism.oauthbearer, "n,a="), (.xoauth2, "user=")] {
      let end = mechanism == .oauthbearer ? "," : ""
      var server = try Fixture.server(mechanism, service)
      let step = server.receive(octets("\(start)tester\(end)\u{1}auth=Bearer \u{1}\u{1}"))
      guard case .challenge = step else {
        Issue.record("no error challenge: \(step)")
        return
      }
    }
  }

  @Test("A lone control-A as the first word is refused without an error to read")
  func dummyFirst() throws {
    var server = try Fixture.server(.oauthbearer)
    #expect(server.receive([1]) == .refused(.wrongCredentials))
  }
}
