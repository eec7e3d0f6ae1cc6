// SPDX-License-Identifier: Apache-2.0
//
// The examples in the RFCs, held against both halves of each mechanism.

import SASLExchange
import Testing

@Suite struct VectorTests {
  /// One SCRAM exchange, word for word.
  struct Scram: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var mechanism: SASLMechanism
    var credentials = SASLCredentials(username: "user", password: "pencil")
    var clientNonce: String
    var serverNonce: String
    var salt: String
    var clientFirst: String
    var serverFirst: String
    var clientFinal: String
    var serverFinal: String

    var binding: ChannelBinding? { mechanism.bindsChannel ? Fixture.binding : nil }
  }

  static let scram = [
    Scram(
      testDescription: "RFC 5802, section 5", mechanism: .scramSHA1,
      clientNonce: "fyko+d2lbbFgONRv9qkxdawL", serverNonce: "3rfcNHYJY1ZVvWVs7j",
      salt: "QSXCR+Q6sek8bf92", clientFirst: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
      serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
      clientFinal:
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
      serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="),
    Scram(
      testDescription: "RFC 7677, section 3", mechanism: .scramSHA256,
      clientNonce: "rOprNGfwEbeRWgbNEkqO", serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
      salt: "W22ZaJ0SNY7soEsUEjb6gQ==", clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
      serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
      clientFinal: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
    // No RFC has an example with tls-exporter: these two were computed with Python's hashlib, over
    // the octets 0 to 31 as binding data.
    Scram(
      testDescription: "bound to a channel", mechanism: .scramSHA256Plus,
      clientNonce: "rOprNGfwEbeRWgbNEkqO", serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
      salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
      clientFirst: "p=tls-exporter,,n=user,r=rOprNGfwEbeRWgbNEkqO",
      serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
      clientFinal: "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,"
        + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        + "p=QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=",
      serverFinal: "v=2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs="),
    Scram(
      testDescription: "bound, on behalf of another, with a name that needs escapes",
      mechanism: .scramSHA1Plus,
      credentials: SASLCredentials(
        authorizationIdentity: "boss", username: "us=er,", password: "pencil"),
      clientNonce: "fyko+d2lbbFgONRv9qkxdawL", serverNonce: "3rfcNHYJY1ZVvWVs7j",
      salt: "QSXCR+Q6sek8bf92",
      clientFirst: "p=tls-exporter,a=boss,n=us=3Der=2C,r=fyko+d2lbbFgONRv9qkxdawL",
      serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
      clientFinal: "c=cD10bHMtZXhwb3J0ZXIsYT1ib3NzLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,"
        + "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=85UIOwEKjBWoqSOfgyo73qiF+Rg=",
      serverFinal: "v=+FCrfSlZznXHaWad+ni9Po2yX7k="),
  ]

  @Test("The SCRAM client says what the example says and believes its server", arguments: scram)
  func scramClient(_ vector: Scram) throws {
    var client = try SASLClient(
      mechanism: vector.mechanism, credentials: vector.credentials, binding: vector.binding,
      digests: .openSSL, nonce: vector.clientNonce)
    #expect(client.initialResponse() == octets(vector.clientFirst))
    #expect(
      client.respond(to: octets(vector.serverFirst)) == .response(octets(vector.clientFinal)))
    #expect(client.respond(to: octets(vector.serverFinal)) == .response([]))
    #expect(throws: Never.self) { try client.finished(success: true) }
  }

  @Test("The SCRAM server says what the example says and lets its client in", arguments: scram)
  func scramServer(_ vector: Scram) throws {
    let hash: SASLHash =
      vector.mechanism.rawValue.hasPrefix("SCRAM-SHA-256") ? .sha256 : .sha1
    let keys = try SCRAMKeys(
      password: "pencil", hash: hash, salt: try Base64.decode(octets(vector.salt)),
      iterations: 4096, digests: .openSSL)
    let account = SASLAccount(
      name: vector.credentials.username, keys: [hash: keys], actsFor: ["boss"])
    var server = try SASLServer(
      mechanism: vector.mechanism, service: Fixture.service([account]), binding: vector.binding,
      unique: vector.serverNonce)
    #expect(
      server.receive(octets(vector.clientFirst)) == .challenge(octets(vector.serverFirst)))
    #expect(
      server.receive(octets(vector.clientFinal)) == .challenge(octets(vector.serverFinal)))
    let requested = vector.credentials.authorizationIdentity
    let identity = requested.isEmpty ? vector.credentials.username : requested
    #expect(server.receive([]) == .accepted(identity: identity))
  }

  /// A message that carries everything a mechanism has to say.
  struct Single: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var mechanism: SASLMechanism
    var credentials: SASLCredentials
    var host = ""
    var port = 0
    var line: String
    var identity: String
  }

  static let single = [
    Single(
      testDescription: "PLAIN of RFC 4954, section 4.1", mechanism: .plain,
      credentials: SASLCredentials(
        authorizationIdentity: "test", username: "test", password: "1234"),
      line: "dGVzdAB0ZXN0ADEyMzQ=", identity: "test"),
    Single(
      testDescription: "PLAIN of RFC 4616, section 4", mechanism: .plain,
      credentials: SASLCredentials(username: "tim", password: "tanstaaftanstaaf"),
      line: "AHRpbQB0YW5zdGFhZnRhbnN0YWFm", identity: "tim"),
    Single(
      testDescription: "EXTERNAL of RFC 4954, section 4.1", mechanism: .external,
      credentials: SASLCredentials(), line: "=", identity: "certified@example.com"),
    Single(
      testDescription: "OAUTHBEARER of RFC 7628, section 4.1", mechanism: .oauthbearer,
      credentials: SASLCredentials(
        username: "user@example.com", token: "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="),
      host: "server.example.com", port: 587,
      line: "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3"
        + "AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
      identity: "user@example.com"),
    Single(
      testDescription: "XOAUTH2 as Google documents it", mechanism: .xoauth2,
      credentials: SASLCredentials(
        username: "someuser@example.com",
        token: "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"),
      line: "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRj"
        + "Mk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==",
      identity: "someuser@example.com"),
  ]

  @Test("One message says it all, with AUTH and on its own", arguments: single)
  func singleMessage(_ vector: Single) throws {
    let client = try SASLClient(
      mechanism: vector.mechanism, credentials: vector.credentials, host: vector.host,
      port: vector.port, digests: .openSSL)
    var early = client
    let first = early.initialResponse()
    let message = try #require(first)
    #expect(SASLLine.initialResponse(message) == octets(vector.line))
    #expect(throws: Never.self) { try early.finished(success: true) }
    var late = client
    #expect(late.respond(to: []) == .response(message))
    #expect(throws: Never.self) { try late.finished(success: true) }
  }

  @Test("The server reads the message and names the client", arguments: single)
  func singleMessageServer(_ vector: Single) throws {
    let account = SASLAccount(
      name: vector.credentials.username, password: vector.credentials.password,
      token: vector.credentials.token)
    var server = try SASLServer(
      mechanism: vector.mechanism, service: Fixture.service([account]),
      externalIdentity: "certified@example.com")
    guard case .message(let message) = SASLLine.read(initialResponse: octets(vector.line)) else {
      Issue.record("the example is no line")
      return
    }
    #expect(server.receive(message) == .accepted(identity: vector.identity))
  }

  @Test("CRAM-MD5 of RFC 2195, section 2, from both sides")
  func cramMD5() throws {
    let challenge = "<1896.697170952@postoffice.reston.mci.net>"
    let encoded = octets("PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+")
    let response = "tim b913a602c7eda7a495b4e6e7334d3890"
    var client = try SASLClient(
      mechanism: .cramMD5,
      credentials: SASLCredentials(username: "tim", password: "tanstaaftanstaaf"),
      digests: .openSSL)
    #expect(!client.sendsInitialResponse)
    #expect(client.initialResponse() == nil)
    let step = client.respond(toEncoded: encoded)
    #expect(step == .response(octets(response)))
    #expect(step.line == octets("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"))
    #expect(throws: Never.self) { try client.finished(success: true) }

    let account = SASLAccount(name: "tim", password: "tanstaaftanstaaf")
    var server = try SASLServer(
      mechanism: .cramMD5, service: Fixture.service([account]), unique: challenge)
    #expect(server.receive(nil) == .challenge(octets(challenge)))
    #expect(server.receive(octets(response)) == .accepted(identity: "tim"))
  }

  @Test("The failed OAUTHBEARER exchange of RFC 7628, section 4.3, ends with AQ==")
  func failedBearer() throws {
    var client = try Fixture.client(.oauthbearer)
    _ = client.initialResponse()
    let challenge =
      "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNvbmZp"
      + "Z3VyYXRpb24iOiJodHRwczovL2V4YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0="
    let step = client.respond(toEncoded: octets(challenge))
    #expect(step.line == octets("AQ=="))
    #expect(throws: Never.self) { try client.finished(success: false) }
  }

  @Test("The server answers the empty authorization of RFC 7628, section 4.3, with an error")
  func emptyAuthorization() throws {
    let message =
      "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9AQE="
    var server = try Fixture.server(.oauthbearer)
    let step = server.receive(try Base64.decode(octets(message)))
    guard case .challenge(let error) = step else {
      Issue.record("no error challenge: \(step)")
      return
    }
    #expect(String(decoding: error, as: UTF8.self).contains(#""status":"invalid_token""#))
    #expect(server.receive([1]) == .refused(.wrongCredentials))
  }
}
