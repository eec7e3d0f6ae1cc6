// SPDX-License-Identifier: Apache-2.0
//
// The server's half of an exchange: responses in, challenges and a verdict out. Chooses the
// mechanism's machine and guards what all of them have in common; sends nothing itself.

/// What the server does about a response.
package enum SASLServerStep: Sendable, Equatable {
  /// Send this as 334, base64-encoded; the space stays if it is empty.
  case challenge([UInt8])
  /// 235: the client may act as this authorization identity.
  case accepted(identity: String)
  /// 535: the exchange was in order and the client is not let in.
  case refused(SASLRefusal)
  /// 501: the exchange was not in order (5.7.0 for `.unexpectedInitialResponse`, else 5.5.2).
  case malformed(SASLError)
}

/// Why a client is not let in; meant for logs and tests, the client sees one 535 for all.
package enum SASLRefusal: String, Sendable, Hashable {
  /// Unknown account, wrong secret, or names that SASLprep refuses.
  case wrongCredentials
  /// The secret was right, but the account may not act as that authorization identity.
  case notAuthorized
  /// A -PLUS exchange without a fitting binding, or a client that was told that there is none.
  case channelBinding
}

/// What all exchanges of one server share.
package struct SASLService: Sendable {
  /// The server's name in CRAM-MD5 challenges.
  package var hostName: String
  package var digests: SASLDigests
  /// The SCRAM iteration count for accounts that bring no keys (RFC 7677, section 4: 4096 or more).
  package let iterations: Int
  /// Finds an account by its prepared name (SASLprep).
  package var account: @Sendable (_ name: String) -> SASLAccount?
  /// Makes the salts of all accounts without keys, real and imagined, and so keeps the two alike.
  private let saltKey: [UInt8]

  package init(
    hostName: String, digests: SASLDigests, iterations: Int = 4096,
    account: @escaping @Sendable (_ name: String) -> SASLAccount?
  ) {
    self.hostName = hostName
    self.digests = digests
    self.iterations = min(max(iterations, 1), SCRAMKeys.largestIterationCount)
    self.account = account
    saltKey = digests.random(32)
  }

  /// The salt that this service uses for an account of that name, whether there is one or not.
  func salt(for name: String) -> [UInt8] {
    Array(digests.hmac(.sha256, saltKey, Array(name.utf8)).prefix(16))
  }
}

/// One exchange from the server's side.
///
/// An unknown account and a wrong secret take the same steps and give the same verdict.
///
/// - SeeAlso: RFC 4422, section 3; RFC 4954, section 4
package struct SASLServer: Sendable {
  package let mechanism: SASLMechanism
  private var exchange: any ServerExchange
  private var ended = false
  private var started = false

  /// Prepares the exchange.
  ///
  /// - Parameters:
  ///   - binding: what the TLS connection gives to bind to, if -PLUS is offered on it.
  ///   - externalIdentity: whom a layer below has authenticated, for EXTERNAL.
  ///   - unique: the server's SCRAM nonce or the whole CRAM-MD5 challenge; nil: a random one. For
  ///     test vectors.
  /// - Throws: `.missingCredential` for -PLUS without a binding, `.digestsFailed` without randomness.
  package init(
    mechanism: SASLMechanism, service: SASLService, binding: ChannelBinding? = nil,
    externalIdentity: String? = nil, unique: String? = nil
  ) throws(SASLError) {
    self.mechanism = mechanism
    switch mechanism {
    case .plain: exchange = PlainServer(service: service)
    case .login: exchange = LoginServer(service: service)
    case .external: exchange = ExternalServer(service: service, identity: externalIdentity)
    case .cramMD5: exchange = try CramMD5Server(service: service, challenge: unique)
    case .xoauth2: exchange = BearerServer(service: service, form: .xoauth2)
    case .oauthbearer: exchange = BearerServer(service: service, form: .oauthbearer)
    case .scramSHA1, .scramSHA1Plus:
      exchange = try ScramServer(
        mechanism, hash: .sha1, service: service, binding: binding, nonce: unique)
    case .scramSHA256, .scramSHA256Plus:
      exchange = try ScramServer(
        mechanism, hash: .sha256, service: service, binding: binding, nonce: unique)
    }
  }

  /// Takes a decoded response and says what comes next.
  ///
  /// - Parameter response: nil for an AUTH command without an initial response, which is only
  ///   meaningful as the first call.
  package mutating func receive(_ response: [UInt8]?) -> SASLServerStep {
    guard !ended else {
      return .malformed(SASLError(.unexpected, "a response behind the end of the exchange"))
    }
    let step = next(response)
    started = true
    if case .challenge = step { return step }
    ended = true
    return step
  }

  private mutating func next(_ response: [UInt8]?) -> SASLServerStep {
    guard let response else {
      return started
        ? .malformed(SASLError(.unexpected, "no response")) : .challenge(exchange.firstChallenge)
    }
    guard response.count <= SASLLine.messageLimit else {
      return .malformed(SASLError(.tooLong, "a response of \(response.count) octets"))
    }
    guard started || exchange.takesInitialResponse else {
      return .malformed(
        SASLError(.unexpectedInitialResponse, "\(mechanism.rawValue) has no initial response"))
    }
    do throws(SASLError) {
      return try exchange.receive(response)
    } catch {
      return .malformed(error)
    }
  }
}

extension SASLServer: CustomStringConvertible, CustomReflectable {
  /// The mechanism and nothing that is secret.
  package var description: String { "\(mechanism.rawValue) server" }
  /// Without the exchange, which holds secrets.
  package var customMirror: Mirror { Mirror(self, children: ["mechanism": mechanism]) }
}

/// The server's half of one mechanism.
protocol ServerExchange: Sendable {
  /// The challenge to an AUTH command without an initial response.
  var firstChallenge: [UInt8] { get }
  var takesInitialResponse: Bool { get }
  /// Throws what becomes `.malformed`.
  mutating func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep
}

extension ServerExchange {
  /// Where the client speaks first, nothing (RFC 4422, section 5.1).
  var firstChallenge: [UInt8] { [] }
  var takesInitialResponse: Bool { true }
}
