// SPDX-License-Identifier: Apache-2.0
//
// SCRAM against peers that break its rules, and the protection against a stripped mechanism list.

import SASLExchange
import Testing

@Suite struct ScramTests {
  private static let clientNonce = "rOprNGfwEbeRWgbNEkqO"
  private static let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
  private static let salt = "W22ZaJ0SNY7soEsUEjb6gQ=="
  private static let nonce = clientNonce + serverNonce
  private static let serverFirst = "r=\(nonce),s=\(salt),i=4096"
  private static let clientFinal =
    "c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
  private static let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

  /// A client in the exchange of RFC 7677 that has sent its first message.
  private func client() throws -> SASLClient {
    var client = try SASLClient(
      mechanism: .scramSHA256, credentials: SASLCredentials(username: "user", password: "pencil"),
      digests: .openSSL, nonce: Self.clientNonce)
    _ = client.initialResponse()
    return client
  }

  /// The server of that exchange.
  private func server(binding: ChannelBinding? = nil) throws -> SASLServer {
    let keys = try SCRAMKeys(
      password: "pencil", hash: .sha256, salt: try Base64.decode(octets(Self.salt)),
      iterations: 4096, digests: .openSSL)
    return try SASLServer(
      mechanism: .scramSHA256,
      service: Fixture.service([SASLAccount(name: "user", keys: [.sha256: keys])]),
      binding: binding, unique: Self.serverNonce)
  }

  // MARK: The client

  @Test(
    "The client cancels over a server-first message that is not in order",
    arguments: [
      ("", SASLError.Code.malformed),
      ("r=", .malformed),
      ("hello", .malformed),
      ("r=\(nonce),s=\(salt)", .malformed),
      ("s=\(salt),r=\(nonce),i=4096", .malformed),
      ("r=\(nonce),s=,i=4096", .malformed),
      ("r=\(nonce),s=W22Z=J0S,i=4096", .badBase64),
      ("r=\(nonce),s=W22Za,i=4096", .badBase64),
      ("r=\(nonce),s=\(salt),i=4096,", .malformed),
      ("r=\(nonce),s=\(salt),i=4096,q", .malformed),
      ("r=\(nonce),s=\(salt),i=4096,i=1", .malformed),
      ("r=\(nonce),s=\(salt),i=4096,x=\u{0}", .malformed),
      ("m=x,\(serverFirst)", .unknownExtension),
      ("\(serverFirst),m=x", .unknownExtension),
      ("r=\(clientNonce),s=\(salt),i=4096", .nonceMismatch),
      ("r=\(serverNonce),s=\(salt),i=4096", .nonceMismatch),
      ("r=x\(nonce),s=\(salt),i=4096", .nonceMismatch),
      ("r=\(nonce) ,s=\(salt),i=4096", .nonceMismatch),
      ("r=\(nonce),s=\(salt),i=0", .iterationCount),
      ("r=\(nonce),s=\(salt),i=-1", .iterationCount),
      ("r=\(nonce),s=\(salt),i=+1", .iterationCount),
      ("r=\(nonce),s=\(salt),i=04096", .iterationCount),
      ("r=\(nonce),s=\(salt),i=1000001", .iterationCount),
      ("r=\(nonce),s=\(salt),i=4096x", .iterationCount),
      ("r=\(nonce),s=\(salt),i=99999999999999999999999", .iterationCount),
    ])
  func badServerFirst(message: String, code: SASLError.Code) throws {
    var client = try client()
    let step = client.respond(to: octets(message))
    #expect(step.fault == code)
    #expect(step.line == octets("*"))
    // Whatever comes now, the exchange is over for this client.
    let next = client.respond(to: octets(Self.serverFirst))
    #expect(next.fault == code)
    #expect(throws: SASLError.self) { try client.finished(success: true) }
  }

  @Test("The client cancels over octets that are no UTF-8")
  func serverFirstNotUTF8() throws {
    var client = try client()
    let step = client.respond(to: octets(Self.serverFirst + ",x=") + [0xC3])
    #expect(step.fault == .malformed)
  }

  @Test("An unknown optional extension is ignored (RFC 5802, section 5.1)")
  func optionalExtension() throws {
    var client = try client()
    let step = client.respond(to: octets(Self.serverFirst + ",x=1,y=a=b"))
    guard case .response(let message) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(message.starts(with: octets("c=biws,r=\(Self.nonce),p=")))
    // The extension is part of what both sides sign, so the proof is another one.
    #expect(message != octets(Self.clientFinal))
  }

  @Test(
    "The client cancels where the server does not prove itself",
    arguments: [
      ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=", SASLError.Code.serverNotProven),
      ("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", .serverNotProven),
      ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4", .badBase64),
      ("v=", .malformed), ("", .malformed), ("x=1", .malformed), ("e", .malformed),
    ])
  func wrongSignature(message: String, code: SASLError.Code) throws {
    var client = try client()
    #expect(client.respond(to: octets(Self.serverFirst)) == .response(octets(Self.clientFinal)))
    let step = client.respond(to: octets(message))
    #expect(step.fault == code)
    let error = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(error?.code == code)
  }

  @Test("A 235 is not believed before the server's signature was seen")
  func successWithoutSignature() throws {
    var client = try client()
    let early = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(early?.code == .incomplete)
    _ = client.respond(to: octets(Self.serverFirst))
    let late = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(late?.code == .serverNotProven)
    #expect(throws: Never.self) { try client.finished(success: false) }
    #expect(client.respond(to: octets(Self.serverFinal)) == .response([]))
    #expect(throws: Never.self) { try client.finished(success: true) }
    let surplus = client.respond(to: [])
    #expect(surplus.fault == .unexpected)
  }

  @Test("After e= the client lets the server finish and believes no success")
  func serverError() throws {
    var client = try client()
    _ = client.respond(to: octets(Self.serverFirst))
    #expect(client.respond(to: octets("e=invalid-proof")) == .response([]))
    #expect(throws: Never.self) { try client.finished(success: false) }
    let error = #expect(throws: SASLError.self) { try client.finished(success: true) }
    #expect(error?.code == .refusedByServer)
    #expect(error?.message.contains("invalid-proof") == true)
  }

  // MARK: The server

  @Test(
    "The server calls a client-first message malformed that is not in order",
    arguments: [
      ("", SASLError.Code.malformed),
      ("n", .malformed),
      ("n,n=user,r=abc", .malformed),
      ("x,,n=user,r=abc", .malformed),
      ("p,,n=user,r=abc", .malformed),
      ("p=tls/exporter,,n=user,r=abc", .malformed),
      ("N,,n=user,r=abc", .malformed),
      ("n,b=x,n=user,r=abc", .malformed),
      ("n,a=,n=user,r=abc", .malformed),
      ("n,a=x=2c,n=user,r=abc", .malformed),
      ("n,,n=user", .malformed),
      ("n,,n=,r=abc", .malformed),
      ("n,,r=abc,n=user", .malformed),
      ("n,,n=user,r=", .malformed),
      ("n,,n=user,r=a c", .malformed),
      ("n,,n=a=zzb,r=abc", .malformed),
      ("n,,n=us=er,r=abc", .malformed),
      ("n,,n=us\u{0}er,r=abc", .malformed),
      ("n,,n=user,r=abc,p=1", .malformed),
      ("n,,m=x,n=user,r=abc", .unknownExtension),
      ("n,,n=user,r=abc,m=x", .unknownExtension),
    ])
  func badClientFirst(message: String, code: SASLError.Code) throws {
    var server = try server()
    let step = server.receive(octets(message))
    #expect(step.fault == code)
    let next = server.receive(octets("n,,n=user,r=abc"))
    #expect(next.fault == .unexpected)
  }

  @Test("The server ignores an unknown optional extension")
  func optionalClientExtension() throws {
    var server = try server()
    let step = server.receive(octets("n,,n=user,r=\(Self.clientNonce),q=1"))
    #expect(step == .challenge(octets(Self.serverFirst)))
  }

  @Test("A user name that SASLprep refuses is a wrong one, and takes the same steps")
  func unpreparedName() throws {
    var server = try server()
    let step = server.receive(octets("n,,n=us\u{7}er,r=\(Self.clientNonce)"))
    guard case .challenge = step else {
      Issue.record("\(step)")
      return
    }
    #expect(server.receive(octets(Self.clientFinal)) == .refused(.wrongCredentials))
  }

  @Test(
    "The server lets nobody in on a client-final message that differs",
    arguments: [
      (
        "c=eSws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        SASLServerStep.refused(.channelBinding)
      ),
      (
        "c=b,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        .refused(.channelBinding)
      ),
      (
        "c=biws,r=\(nonce)x,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        .refused(.wrongCredentials)
      ),
      (
        "c=biws,r=\(clientNonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        .refused(.wrongCredentials)
      ),
      (
        "c=biws,r=\(nonce),x=1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        .refused(.wrongCredentials)
      ),
      (
        "c=biws,r=\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVU=",
        .refused(.wrongCredentials)
      ),
      ("c=biws,r=\(nonce),p=dHzb", .refused(.wrongCredentials)),
      ("c=biws,r=\(nonce),p=\(String(repeating: "A", count: 400))", .refused(.wrongCredentials)),
    ])
  func otherClientFinal(message: String, expected: SASLServerStep) throws {
    var server = try server()
    _ = server.receive(octets("n,,n=user,r=\(Self.clientNonce)"))
    #expect(server.receive(octets(message)) == expected)
  }

  @Test(
    "The server calls a client-final message malformed that is not in order",
    arguments: [
      ("", SASLError.Code.malformed),
      ("c=biws,r=\(nonce)", .malformed),
      ("c=biws,r=\(nonce),p=", .malformed),
      ("c=biws,r=\(nonce),p=d", .badBase64),
      ("r=\(nonce),c=biws,p=dHzb", .malformed),
      ("c=biws,r=\(nonce),p=dHzb,x=1", .malformed),
      ("m=1,c=biws,r=\(nonce),p=dHzb", .unknownExtension),
    ])
  func badClientFinal(message: String, code: SASLError.Code) throws {
    var server = try server()
    _ = server.receive(octets("n,,n=user,r=\(Self.clientNonce)"))
    let step = server.receive(octets(message))
    #expect(step.fault == code)
  }

  @Test("A proof over another nonce is refused, however right it is")
  func replayedNonce() throws {
    let digests = SASLDigests.openSSL
    let salted = digests.pbkdf2(
      .sha256, octets("pencil"), try Base64.decode(octets(Self.salt)), 4096)
    let clientKey = digests.hmac(.sha256, salted, octets("Client Key"))
    let storedKey = digests.hash(.sha256, clientKey)
    /// The verdict on a client that knows the password and takes this nonce.
    func verdict(_ nonce: String) throws -> SASLServerStep {
      var server = try server()
      _ = server.receive(octets("n,,n=user,r=\(Self.clientNonce)"))
      let withoutProof = "c=biws,r=\(nonce)"
      let signature = digests.hmac(
        .sha256, storedKey,
        octets("n=user,r=\(Self.clientNonce),\(Self.serverFirst),\(withoutProof)"))
      let proof = Base64.encode(zip(clientKey, signature).map { $0 ^ $1 })
      return server.receive(octets("\(withoutProof),p=") + proof)
    }
    #expect(try verdict(Self.nonce) == .challenge(octets(Self.serverFinal)))
    #expect(try verdict(Self.nonce + "x") == .refused(.wrongCredentials))
    #expect(try verdict(Self.clientNonce) == .refused(.wrongCredentials))
  }

  @Test("Only an empty line acknowledges the server's proof")
  func acknowledgement() throws {
    var server = try server()
    _ = server.receive(octets("n,,n=user,r=\(Self.clientNonce)"))
    #expect(server.receive(octets(Self.clientFinal)) == .challenge(octets(Self.serverFinal)))
    let step = server.receive(octets("x"))
    #expect(step.fault == .malformed)
    let next = server.receive([])
    #expect(next.fault == .unexpected)
  }

  // MARK: Channel binding

  @Test(
    "The client's flag says what it knows of bindings (RFC 5802, section 6)",
    arguments: [
      (SASLMechanism.scramSHA256, false, [], "n,,"),
      (.scramSHA256, false, ["SCRAM-SHA-256-PLUS"], "n,,"),
      (.scramSHA256, true, ["SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"], "y,,"),
      (.scramSHA256, true, ["SCRAM-SHA-256", "scram-sha-256-plus"], "n,,"),
      (.scramSHA256Plus, true, ["SCRAM-SHA-256-PLUS"], "p=tls-exporter,,"),
    ])
  func flags(mechanism: SASLMechanism, binds: Bool, offered: [String], expected: String) throws {
    var client = try SASLClient(
      mechanism: mechanism, credentials: Fixture.credentials,
      binding: binds ? Fixture.binding : nil, offered: offered, digests: .openSSL)
    let message = String(decoding: client.initialResponse() ?? [], as: UTF8.self)
    #expect(message.hasPrefix(expected + "n=tester,r="))
  }

  @Test("A stripped -PLUS is noticed: the server that has it refuses y")
  func downgrade() throws {
    let client = try SASLClient(
      mechanism: .scramSHA256, credentials: Fixture.credentials, binding: Fixture.binding,
      offered: ["SCRAM-SHA-256"], digests: .openSSL)
    func ending(_ binding: ChannelBinding?) throws -> Conversation.Ending {
      let server = try SASLServer(
        mechanism: .scramSHA256, service: Fixture.service, binding: binding)
      return try Conversation(client, server).ending
    }
    #expect(try ending(Fixture.binding) == .server(.refused(.channelBinding)))
    #expect(try ending(nil) == .server(.accepted(identity: "tester")))
  }

  @Test(
    "A client that gets something wrong on purpose is refused although its proof is right",
    arguments: [
      (SASLMechanism.scramSHA256, ScramAlteration.nonce, SASLRefusal.wrongCredentials),
      (.scramSHA256, .binding, .channelBinding), (.scramSHA256, .offer, .channelBinding),
      (.scramSHA256Plus, .nonce, .wrongCredentials), (.scramSHA256Plus, .binding, .channelBinding),
      (.scramSHA256Plus, .bindingType, .channelBinding),
    ])
  func alterations(
    mechanism: SASLMechanism, alteration: ScramAlteration, refusal: SASLRefusal
  ) throws {
    let client = try SASLClient(
      mechanism: mechanism, credentials: Fixture.credentials, binding: Fixture.binding,
      offered: ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"], digests: .openSSL, alteration: alteration)
    let server = try SASLServer(
      mechanism: mechanism, service: Fixture.service, binding: Fixture.binding)
    #expect(try Conversation(client, server).ending == .server(.refused(refusal)))
  }

  @Test("Two ends of different channels do not come together")
  func otherChannel() throws {
    let client = try SASLClient(
      mechanism: .scramSHA256Plus, credentials: Fixture.credentials,
      binding: ChannelBinding(data: [UInt8](1...32)), digests: .openSSL)
    let conversation = try Conversation(client, try Fixture.server(.scramSHA256Plus))
    #expect(conversation.ending == .server(.refused(.channelBinding)))
  }

  @Test(
    "The mechanism name and the flag have to agree",
    arguments: [
      (SASLMechanism.scramSHA256Plus, "n,,n=tester,r=abc"),
      (.scramSHA256Plus, "y,,n=tester,r=abc"),
      (.scramSHA256Plus, "p=tls-unique,,n=tester,r=abc"),
      (.scramSHA256Plus, "p=foo-bar,,n=tester,r=abc"),
      (.scramSHA256, "p=tls-exporter,,n=tester,r=abc"),
    ])
  func disagreement(mechanism: SASLMechanism, message: String) throws {
    var server = try SASLServer(
      mechanism: mechanism, service: Fixture.service, binding: Fixture.binding)
    #expect(server.receive(octets(message)) == .refused(.channelBinding))
  }

  @Test("-PLUS without a channel does not even start", arguments: [nil, ChannelBinding(data: [])])
  func noChannel(binding: ChannelBinding?) {
    let client = #expect(throws: SASLError.self) {
      try SASLClient(
        mechanism: .scramSHA1Plus, credentials: Fixture.credentials, binding: binding,
        digests: .openSSL)
    }
    #expect(client?.code == .missingCredential)
    let server = #expect(throws: SASLError.self) {
      try SASLServer(mechanism: .scramSHA1Plus, service: Fixture.service, binding: binding)
    }
    #expect(server?.code == .missingCredential)
  }

  // MARK: Digests that fail

  @Test("Digests that give nothing let nobody in", arguments: SASLMechanism.allCases)
  func brokenDigests(mechanism: SASLMechanism) throws {
    guard mechanism.rawValue.hasPrefix("SCRAM") || mechanism == .cramMD5 else { return }
    let broken: [SASLDigests] = [
      breaking { $0.hash = { _, _ in [] } }, breaking { $0.hmac = { _, _, _ in [] } },
      breaking { $0.pbkdf2 = { _, _, _, _ in [] } },
    ]
    // Keys made of nothing would be keys that everybody can make.
    for digests in broken {
      let error = #expect(throws: SASLError.self) {
        try SCRAMKeys(
          password: "secret", hash: .sha1, salt: [1], iterations: 1, digests: digests)
      }
      #expect(error?.code == .digestsFailed)
    }
    for digests in broken where mechanism != .cramMD5 || digests.hmac(.md5, [], []).isEmpty {
      let conversation = try Conversation(
        try Fixture.client(mechanism),
        try Fixture.server(mechanism, Fixture.service([Fixture.account], digests: digests)))
      #expect(!conversation.isAccepted)
    }
    let silent = breaking { $0.random = { _ in [] } }
    let error = #expect(throws: SASLError.self) {
      try Fixture.server(mechanism, Fixture.service([Fixture.account], digests: silent))
    }
    #expect(error?.code == .digestsFailed)
  }

  private func breaking(_ change: (inout SASLDigests) -> Void) -> SASLDigests {
    var digests = SASLDigests.openSSL
    change(&digests)
    return digests
  }
}
