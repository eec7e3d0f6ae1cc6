// SPDX-License-Identifier: Apache-2.0
//
// What the tests of this module share: digests, accounts, and a client and a server that talk in
// memory through the lines that SMTP would carry.

import SASLExchange
import Synchronization
import TLSEngine
import Testing

extension SASLDigests {
  /// The digests of OpenSSL.
  static let openSSL = SASLDigests(
    hash: { Digests.hash(DigestKind($0), $1) },
    hmac: { Digests.hmac(DigestKind($0), key: $1, $2) },
    pbkdf2: { Digests.pbkdf2(DigestKind($0), password: $1, salt: $2, iterations: $3) },
    random: { Digests.random($0) })
}

extension DigestKind {
  fileprivate init(_ hash: SASLHash) {
    switch hash {
    case .md5: self = .md5
    case .sha1: self = .sha1
    case .sha256: self = .sha256
    }
  }
}

/// A server with one account, and the credentials for it.
enum Fixture {
  static let credentials = SASLCredentials(
    username: "tester", password: "secret", token: "token-of-tester")
  static let binding = ChannelBinding(data: [UInt8](0..<32))
  static let account = SASLAccount(
    name: "tester", password: "secret", token: "token-of-tester", actsFor: ["postmaster"])
  static let service = service([account])

  /// Few iterations: the tests are about the exchange, not about its price.
  static func service(
    _ accounts: [SASLAccount], digests: SASLDigests = .openSSL, iterations: Int = 16
  ) -> SASLService {
    SASLService(hostName: "relay.example", digests: digests, iterations: iterations) { name in
      accounts.first { $0.name == name }
    }
  }

  static func client(
    _ mechanism: SASLMechanism, _ credentials: SASLCredentials = credentials
  ) throws -> SASLClient {
    try SASLClient(
      mechanism: mechanism, credentials: credentials,
      binding: mechanism.bindsChannel ? binding : nil, digests: .openSSL)
  }

  static func server(
    _ mechanism: SASLMechanism, _ service: SASLService = service, externalIdentity: String? = nil
  ) throws -> SASLServer {
    try SASLServer(
      mechanism: mechanism, service: service, binding: mechanism.bindsChannel ? binding : nil,
      externalIdentity: externalIdentity)
  }
}

/// How an exchange ended, and everything that was said.
struct Conversation {
  enum Ending: Equatable {
    case server(SASLServerStep)
    case cancelled(SASLError)
    /// More rounds than any mechanism has.
    case endless
  }

  var ending = Ending.endless
  var challenges: [[UInt8]] = []
  var responses: [[UInt8]] = []
  /// What the client thought of the final reply.
  var doubt: SASLError?

  /// Whether the server let the client in and the client believed it.
  var isAccepted: Bool {
    guard case .server(.accepted) = ending else { return false }
    return doubt == nil
  }

  /// Changes a message on its way: its number, counted over both directions, and its octets.
  typealias Tamper = (_ number: Int, _ fromClient: Bool, _ message: [UInt8]) -> [UInt8]

  /// Lets the two talk until one of them ends it.
  init(
    _ client: SASLClient, _ server: SASLServer, initialResponse: Bool = true,
    tamper: Tamper = { _, _, message in message }
  ) throws {
    var client = client
    var server = server
    var number = 0
    func carry(fromClient: Bool, _ message: [UInt8]) -> [UInt8] {
      defer { number += 1 }
      let carried = tamper(number, fromClient, message)
      if fromClient { responses.append(carried) } else { challenges.append(carried) }
      return carried
    }

    var response: [UInt8]?
    if initialResponse, let first = client.initialResponse() {
      // Through the argument of AUTH, so that the empty response takes its special form.
      let argument = SASLLine.initialResponse(carry(fromClient: true, first))
      guard case .message(let octets) = SASLLine.read(initialResponse: argument) else {
        Issue.record("own initial response is no line")
        return
      }
      response = octets
    }
    for _ in 0..<8 {
      let step = server.receive(response)
      guard case .challenge(let challenge) = step else {
        ending = .server(step)
        do throws(SASLError) {
          if case .accepted = step { try client.finished(success: true) }
        } catch {
          doubt = error
        }
        return
      }
      let answer = client.respond(
        toEncoded: Base64.encode(carry(fromClient: false, challenge)))
      guard case .response(let message) = answer else {
        if case .cancel(let error) = answer { ending = .cancelled(error) }
        return
      }
      response = carry(fromClient: true, message)
    }
  }
}

/// A generator that a seed determines (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// The octets of a text.
func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

extension SASLServerStep {
  /// What went wrong, if it was the syntax.
  var fault: SASLError.Code? {
    guard case .malformed(let error) = self else { return nil }
    return error.code
  }
}

extension SASLClientStep {
  /// What was wrong with the challenge, if anything.
  var fault: SASLError.Code? {
    guard case .cancel(let error) = self else { return nil }
    return error.code
  }
}

/// A number that several threads may raise.
final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func increase() {
    count.withLock { $0 += 1 }
  }
}
