// SPDX-License-Identifier: Apache-2.0
//
// Client and server of each mechanism against each other, with right and wrong credentials.

import SASLExchange
import Testing

@Suite struct PairTests {
  /// EXTERNAL is used without any secret; the others take the usual credentials.
  private func credentials(for mechanism: SASLMechanism) -> SASLCredentials {
    mechanism == .external ? SASLCredentials() : Fixture.credentials
  }

  /// How many 334 a successful exchange has.
  private func challenges(_ mechanism: SASLMechanism, initialResponse: Bool) -> Int {
    switch mechanism {
    case .cramMD5: 1
    case .login: initialResponse ? 1 : 2
    case .plain, .external, .xoauth2, .oauthbearer: initialResponse ? 0 : 1
    case .scramSHA1, .scramSHA1Plus, .scramSHA256, .scramSHA256Plus: initialResponse ? 2 : 3
    }
  }

  @Test(
    "Right credentials are accepted, with and without initial response",
    arguments: SASLMechanism.allCases, [true, false])
  func right(mechanism: SASLMechanism, initialResponse: Bool) throws {
    let conversation = try Conversation(
      try Fixture.client(mechanism, credentials(for: mechanism)),
      try Fixture.server(mechanism, externalIdentity: "tester"), initialResponse: initialResponse)
    #expect(conversation.ending == .server(.accepted(identity: "tester")))
    #expect(conversation.doubt == nil)
    let expected = challenges(mechanism, initialResponse: initialResponse)
    #expect(conversation.challenges.count == expected)
  }

  @Test(
    "A wrong password or token is refused",
    arguments: SASLMechanism.allCases.filter { $0 != .external }, ["secret ", "Secret", "s", "x"])
  func wrong(mechanism: SASLMechanism, secret: String) throws {
    let wrong = SASLCredentials(
      username: "tester", password: secret, token: secret.filter { $0 != " " })
    let conversation = try Conversation(
      try Fixture.client(mechanism, wrong), try Fixture.server(mechanism))
    #expect(conversation.ending == .server(.refused(.wrongCredentials)))
  }

  @Test(
    "An unknown user takes the same steps as a wrong password",
    arguments: SASLMechanism.allCases.filter { $0 != .external }, [true, false])
  func unknownUser(mechanism: SASLMechanism, initialResponse: Bool) throws {
    func talk(_ username: String) throws -> Conversation {
      let client = try Fixture.client(
        mechanism, SASLCredentials(username: username, password: "wrong", token: "wrong"))
      return try Conversation(
        client, try Fixture.server(mechanism), initialResponse: initialResponse)
    }
    let known = try talk("tester")
    let unknown = try talk("nobody")
    #expect(unknown.ending == known.ending)
    #expect(unknown.challenges.map(\.count) == known.challenges.map(\.count))
  }

  @Test(
    "The salt of an account that does not exist stays the same", arguments: ["tester", "nobody"])
  func stableSalt(username: String) throws {
    func salt() throws -> Substring? {
      let client = try Fixture.client(
        .scramSHA256, SASLCredentials(username: username, password: "wrong"))
      let conversation = try Conversation(client, try Fixture.server(.scramSHA256))
      let first = String(decoding: try #require(conversation.challenges.first), as: UTF8.self)
      return first.split(separator: ",").first { $0.hasPrefix("s=") }
    }
    let first = try #require(try salt())
    #expect(try salt() == first)
    #expect(first.count > 20)
  }

  @Test(
    "No password opens an account that has none",
    arguments: [SASLMechanism.plain, .login, .cramMD5, .scramSHA1, .scramSHA256])
  func noPassword(mechanism: SASLMechanism) throws {
    for stored in [SASLAccount(name: "tester"), SASLAccount(name: "tester", password: "")] {
      for tried in [" ", "nobody", "tester"] {
        let conversation = try Conversation(
          try Fixture.client(mechanism, SASLCredentials(username: "tester", password: tried)),
          try Fixture.server(mechanism, Fixture.service([stored])))
        #expect(conversation.ending == .server(.refused(.wrongCredentials)))
      }
    }
  }

  @Test(
    "The account's other identities may be taken, no others",
    arguments: [
      SASLMechanism.plain, .scramSHA1, .scramSHA256, .scramSHA1Plus, .scramSHA256Plus, .external,
    ])
  func authorizationIdentity(mechanism: SASLMechanism) throws {
    func ending(_ identity: String) throws -> Conversation.Ending {
      var credentials = credentials(for: mechanism)
      credentials.authorizationIdentity = identity
      return try Conversation(
        try Fixture.client(mechanism, credentials),
        try Fixture.server(mechanism, externalIdentity: "tester")
      ).ending
    }
    #expect(try ending("tester") == .server(.accepted(identity: "tester")))
    #expect(try ending("postmaster") == .server(.accepted(identity: "postmaster")))
    #expect(try ending("admin") == .server(.refused(.notAuthorized)))
  }

  @Test("EXTERNAL is refused where no layer below has named the client")
  func externalWithoutIdentity() throws {
    let conversation = try Conversation(
      try Fixture.client(.external, SASLCredentials()), try Fixture.server(.external))
    #expect(conversation.ending == .server(.refused(.wrongCredentials)))
  }

  @Test("Stored SCRAM keys serve PLAIN too", arguments: ["secret", "wrong"])
  func keysForPlain(password: String) throws {
    let keys = try SCRAMKeys(
      password: "secret", hash: .sha256, salt: [1, 2, 3], iterations: 5, digests: .openSSL)
    let service = Fixture.service([SASLAccount(name: "tester", keys: [.sha256: keys])])
    let conversation = try Conversation(
      try Fixture.client(.plain, SASLCredentials(username: "tester", password: password)),
      try Fixture.server(.plain, service))
    #expect(conversation.isAccepted == (password == "secret"))
  }

  @Test(
    "Names and passwords of 255 octets and beyond ASCII pass through every mechanism",
    arguments: [
      SASLMechanism.plain, .login, .cramMD5, .scramSHA1, .scramSHA256,
    ], [String(repeating: "a", count: 255), "jörg,=\u{0301}", "用户"])
  func unusualNames(mechanism: SASLMechanism, name: String) throws {
    let account = SASLAccount(name: name, password: name + "!")
    let conversation = try Conversation(
      try Fixture.client(mechanism, SASLCredentials(username: name, password: name + "!")),
      try Fixture.server(mechanism, Fixture.service([account])))
    #expect(conversation.ending == .server(.accepted(identity: name)))
    #expect(conversation.doubt == nil)
  }

  @Test("A soft hyphen in a name or password makes no difference after SASLprep")
  func preparedComparison() throws {
    let odd = SASLCredentials(username: "tes\u{AD}ter", password: "sec\u{AD}ret")
    for mechanism in [SASLMechanism.plain, .login, .scramSHA256] {
      let conversation = try Conversation(
        try Fixture.client(mechanism, odd), try Fixture.server(mechanism))
      #expect(conversation.isAccepted)
    }
  }

  @Test("A token of 8 KB fits", arguments: [SASLMechanism.xoauth2, .oauthbearer])
  func longToken(mechanism: SASLMechanism) throws {
    let token = String(repeating: "t", count: 8192)
    let service = Fixture.service([SASLAccount(name: "tester", token: token)])
    let conversation = try Conversation(
      try Fixture.client(mechanism, SASLCredentials(username: "tester", token: token)),
      try Fixture.server(mechanism, service))
    #expect(conversation.isAccepted)
  }

  @Test("Derived keys are computed once for each input and stay right")
  func rememberedKeys() throws {
    let calls = Counter()
    var counting = SASLDigests.openSSL
    let derive = counting.pbkdf2
    counting.pbkdf2 = { kind, password, salt, iterations in
      calls.increase()
      return derive(kind, password, salt, iterations)
    }
    let digests = counting.rememberingKeys(atMost: 2)
    let inputs: [[UInt8]] = [[1], [1], [2], [2], [1], [3], [3], [1]]
    for password in inputs {
      #expect(
        digests.pbkdf2(.sha1, password, [9], 2) == derive(.sha1, password, [9], 2))
    }
    // 1 and 2 are derived and kept; 3 drops both, so 1 is derived again.
    #expect(calls.value == 4)
  }
}
