// SPDX-License-Identifier: Apache-2.0
//
// Target profiles: files, URLs, defaults by role, secrets, consent.

import JSONText
import Testing

@testable import ScenarioLanguage

struct ProfileTests {
  @Test("A profile says all that it can say")
  func whole() throws {
    let text = #"""
      {"$schema": "target.schema.json", "name": "lab", "host": "mail.example.org", "port": 2525,
       "role": "submission",
       "tls": {"mode": "starttls", "ca": "ca.pem", "server-name": "mx.example.org",
         "minimum": "1.2", "maximum": "1.3", "ciphers": "HIGH", "certificate": "c.pem", "key": "k.pem"},
       "credentials": {"username": "u", "password": "${env:PW}", "token": "${env:TK}",
         "authorization-identity": "z", "mechanism": "PLAIN"},
       "addresses": {"sender": "s@example.org", "recipient": "r@example.org", "second": "r2@example.org",
         "unknown": "x@example.org", "foreign": "f@example.net", "domain": "example.org"},
       "client": "c.example.org", "sources": ["127.0.0.2", "::1"],
       "timeouts": {"greeting": "1s", "block": "2s"}, "level": "L2", "authorised": true,
       "retry-window": "1h", "sink": {"host": "127.0.0.1", "port": 2526}, "waivers": "w.json"}
      """#
    let value = try JSONReader.read(octets: Array(text.utf8), file: "target.json")
    let schema = try JSONSchema(try Tree.json("target.schema.json"), file: "target.schema.json")
    #expect(schema.violations(of: value).map(\.description) == [])
    let target = try profile(text) { ["PW": "secret-1", "TK": "token-1"][$0] }
    #expect(target.name == "lab" && target.waivers == "w.json")
    #expect(target.endpoint == .tcp(host: "mail.example.org", port: 2525))
    #expect(target.role == .submission)
    var tls = TLSPolicy(mode: .starttls, trust: .file("ca.pem"))
    tls.serverName = "mx.example.org"
    (tls.minimum, tls.maximum) = (.tls12, .tls13)
    tls.ciphers = "HIGH"
    tls.identity = TLSPolicy.Identity(certificate: "c.pem", key: "k.pem")
    #expect(target.tls == tls)
    #expect(
      target.credentials
        == TargetProfile.Credentials(
          username: "u", password: Secret("secret-1"), token: Secret("token-1"),
          authorizationIdentity: "z", mechanism: "PLAIN"))
    #expect(target.addresses[.foreign] == "f@example.net")
    #expect(target.client == "c.example.org")
    #expect(target.sources == ["127.0.0.2", "::1"])
    #expect(target.timeouts.greeting == .seconds(1))
    #expect(target.timeouts.block == .seconds(2))
    #expect(target.timeouts.mail == .seconds(300))
    #expect(target.level == .bounded)
    #expect(target.isAuthorised)
    #expect(target.retryWindow == .seconds(3600))
    #expect(target.sink == TargetProfile.SinkAddress(host: "127.0.0.1", port: 2526))
  }

  @Test(
    "TLS is what the role asks for",
    arguments: [
      (Role.relay, 25, TLSPolicy.Mode.opportunistic, TLSPolicy.Trust.unverified),
      (.submission, 587, .starttls, .system), (.submissions, 465, .implicit, .system),
      (.lmtp, 24, .none, .system),
    ])
  func defaults(
    _ role: Role, _ port: Int, _ mode: TLSPolicy.Mode, _ trust: TLSPolicy.Trust
  ) throws {
    let target = try profile(#"{"host": "a.test", "role": "\#(role.rawValue)"}"#)
    #expect(target.port == port)
    #expect(target.tls == TLSPolicy(mode: mode, trust: trust))
    #expect(target.level == .odd)
    #expect(!target.isAuthorised)
    #expect(target.addresses[.domain] == "relaymark.test")
    #expect(target.addresses[.foreign] == nil)
  }

  @Test("A relay whose profile asks for STARTTLS has its certificate verified")
  func verified() throws {
    let target = try profile(#"{"host": "a.test", "tls": {"mode": "starttls"}}"#)
    #expect(target.tls == TLSPolicy(mode: .starttls, trust: .system))
    let careless = try profile(
      #"{"host": "a.test", "tls": {"mode": "starttls", "insecure": true}}"#)
    #expect(careless.tls == TLSPolicy(mode: .starttls, trust: .unverified))
  }

  @Test(
    "A mistake in a profile is told with place and cure",
    arguments: [
      Mistake("{}", #"target.json:1:1: a target profile needs "host""#),
      Mistake(
        #"{"host": "a.test", "rolle": "relay"}"#,
        #"target.json:1:20: unknown key "rolle" in a target profile; did you mean "role"?"#),
      Mistake(
        #"{"host": "a.test", "role": "msa"}"#,
        #"target.json:1:28: unknown role "msa"; expected one of relay, submission, submissions, lmtp"#
      ),
      Mistake(
        #"{"host": "a b"}"#, #"target.json:1:10: "host" is a host name or address, not "a b""#),
      Mistake(
        #"{"host": "a.test", "port": 70000}"#,
        #"target.json:1:28: "port" is a whole number from 1 to 65535, not 70000"#),
      Mistake(
        #"{"host": "a.test", "socket": "/s"}"#,
        #"target.json:1:20: a target profile has "host" already; "socket" does not go with it"#),
      Mistake(
        #"{"host": "a.test", "credentials": {"username": "u", "password": "hunter2"}}"#,
        #"target.json:1:65: "password" is a secret; write "${env:NAME}" and set the environment variable NAME"#
      ),
      Mistake(
        #"{"host": "a.test", "credentials": {"username": "u", "password": "${env:PW}"}}"#,
        "target.json:1:65: the environment variable PW is not set"),
      Mistake(
        #"{"host": "a.test", "addresses": {"sender": "a@b\r\nRCPT"}}"#,
        #"target.json:1:44: "sender" is an address such as "user@example.org", not "a@b\r\nRCPT""#),
      Mistake(
        #"{"host": "a.test", "client": "a b"}"#,
        #"target.json:1:30: "client" holds a space or a control character"#),
      Mistake(
        #"{"host": "a.test", "tls": {"insecure": true, "ca": "x"}}"#,
        #"target.json:1:46: "tls" has "insecure" already; "ca" does not go with it"#),
      Mistake(
        #"{"host": "a.test", "tls": {"minimum": "1.3", "maximum": "1.2"}}"#,
        #"target.json:1:28: "minimum" is above "maximum""#),
      Mistake(
        #"{"host": "a.test", "timeouts": {"greting": "1s"}}"#,
        #"target.json:1:33: unknown key "greting" in "timeouts"; did you mean "greeting"?"#),
    ])
  func mistakes(_ mistake: Mistake) {
    #expect {
      try profile(mistake.text)
    } throws: { error in
      "\(error)" == mistake.problem
    }
  }

  @Test(
    "A target in one word is a URL or a form of smtp-source",
    arguments: [
      ("smtp://mx.test", TargetProfile.Endpoint.tcp(host: "mx.test", port: 25), Role.relay),
      ("SMTP://mx.test:2525/", .tcp(host: "mx.test", port: 2525), .relay),
      ("smtp://[::1]:2525", .tcp(host: "::1", port: 2525), .relay),
      ("smtp://[::1]", .tcp(host: "::1", port: 25), .relay),
      ("submission://mx.test", .tcp(host: "mx.test", port: 587), .submission),
      ("submissions://mx.test", .tcp(host: "mx.test", port: 465), .submissions),
      ("lmtp://127.0.0.1:24", .tcp(host: "127.0.0.1", port: 24), .lmtp),
      ("lmtp+unix:///run/a%20b", .unix(path: "/run/a b"), .lmtp),
      ("inet:mx.test:2525", .tcp(host: "mx.test", port: 2525), .relay),
      ("inet:[::1]:25", .tcp(host: "::1", port: 25), .relay),
      ("unix:/run/smtp", .unix(path: "/run/smtp"), .relay),
    ])
  func address(_ text: String, _ endpoint: TargetProfile.Endpoint, _ role: Role) throws {
    let target = try TargetProfile.parse(text)
    #expect(target.endpoint == endpoint)
    #expect(target.role == role)
  }

  @Test(
    "What is no target is refused with the cure",
    arguments: [
      ("smpt://mx.test", #"unknown scheme "smpt"; expected one of smtp"#),
      ("smtp://user:secret@mx.test", "login data in a URL shows in process lists"),
      ("smtp://", "a host name or address is expected"),
      ("smtp://mx.test:0", "the port is a number from 1 to 65535"),
      ("smtp://mx.test:port", "the port is a number from 1 to 65535"),
      ("smtp://::1:25", "an IPv6 address stands in brackets"),
      ("smtp://[::1]x", "after \"]\" a port is expected"),
      ("smtp://mx.test/path", "a target URL is scheme://host:port and no more"),
      ("smtp://mx.test?insecure", "a target URL is scheme://host:port and no more"),
      ("lmtp+unix://", "the path of a unix socket is expected"),
      ("lmtp+unix:///a%zz", "the path of a unix socket is expected"),
      ("/nowhere/target.json", "/nowhere/target.json: "),
    ])
  func noAddress(_ text: String, _ part: String) {
    #expect {
      try TargetProfile.parse(text)
    } throws: { error in
      "\(error)".contains(part) && !"\(error)".contains("secret")
    }
  }

  @Test(
    "Loopback is told by the address",
    arguments: [
      ("127.0.0.1", true), ("127.255.0.9", true), ("localhost", true), ("::1", true),
      ("127.0.0.1.example.org", false), ("127.0.0", false), ("127.0.0.256", false),
      ("10.0.0.1", false), ("mx.test", false), ("localhost.example.org", false),
    ])
  func loopback(_ host: String, _ isLoopback: Bool) {
    let target = TargetProfile(endpoint: .tcp(host: host, port: 25), role: .relay)
    #expect(target.isLoopback == isLoopback)
  }

  @Test("Levels need the profile's leave, and another machine consent")
  func levels() {
    var target = TargetProfile(endpoint: .tcp(host: "mx.test", port: 25), role: .relay)
    #expect(target.refusal(of: .reads) == nil)
    #expect(target.refusal(of: .odd) == nil)
    #expect(target.refusal(of: .bounded) == "it is of level L2; the profile allows up to L1")
    target.level = .bounded
    #expect(target.refusal(of: .bounded)?.contains("authorised") == true)
    #expect(target.refusalOfLoad != nil)
    target.isAuthorised = true
    #expect(target.refusal(of: .bounded) == nil)
    #expect(target.refusal(of: .dangerous) != nil)
    #expect(target.refusalOfLoad == nil)
    let local = TargetProfile(endpoint: .tcp(host: "127.0.0.1", port: 25), role: .relay)
    #expect(local.refusalOfLoad == nil)
    #expect(local.refusal(of: .bounded) != nil)
  }

  @Test("A secret shows in no description and no dump")
  func secrets() {
    let target = TargetProfile.embedded(port: 25, authority: [])
    var dumped = ""
    dump(target, to: &dumped)
    for text in [dumped, "\(target)", String(reflecting: target.credentials)] {
      #expect(!text.contains("\"secret\"") && !text.contains("token-of-tester"))
    }
  }

  @Test("The waits of RFC 5321 are the defaults")
  func timeouts() {
    let limits = Timeouts()
    #expect(limits.limit(for: .greeting) == .seconds(300))
    #expect(limits.limit(for: .mail) == .seconds(300))
    #expect(limits.limit(for: .rcpt) == .seconds(300))
    #expect(limits.limit(for: .data) == .seconds(120))
    #expect(limits.block == .seconds(180))
    #expect(limits.limit(for: .body) == .seconds(600))
  }

  @Test(
    "Resumption is a switch or a share",
    arguments: [("true", 1), ("false", 0), ("\"30%\"", 0.3), ("\"0.5%\"", 0.005)]
      as [(String, Double)])
  func resumption(_ written: String, _ share: Double) throws {
    let known = try profile(#"{"host": "a.test", "tls": {"resumption": \#(written)}}"#)
    #expect(abs(known.tls.resumption.share - share) < 1e-9)
  }

  @Test("What is no share is told", arguments: ["30", "\"on\"", "\"130%\"", "\"30\""])
  func wrongResumption(_ written: String) throws {
    let error = #expect(throws: ScriptError.self) {
      try profile(#"{"host": "a.test", "tls": {"resumption": \#(written)}}"#)
    }
    #expect(error?.problems.first?.description.contains("\"30%\"") == true)
  }
}
