// SPDX-License-Identifier: Apache-2.0
//
// The client's half of an exchange: challenges in, responses out. Chooses the mechanism's machine
// and guards what all of them have in common; sends nothing itself.

/// What the client does about a challenge.
package enum SASLClientStep: Sendable, Equatable {
  /// Send this, base64-encoded; an empty response is an empty line.
  case response([UInt8])
  /// Send `*`; the reason tells what is wrong with the challenge.
  case cancel(SASLError)

  /// The line to send, without CRLF.
  package var line: [UInt8] {
    switch self {
    case .response(let message): Base64.encode(message)
    case .cancel: SASLLine.cancel
    }
  }
}

/// One exchange from the client's side.
///
/// The caller sends AUTH, with `initialResponse()` where it likes one, hands over every 334 and
/// closes with `finished(success:)`: for SCRAM a 235 alone proves nothing about the server.
///
/// SCRAM over SMTP has one 334 more than the mechanism has messages, because 235 carries no data:
/// the server's final message comes as a challenge and the client answers with an empty line.
///
/// - SeeAlso: RFC 4422, section 3; RFC 4954, section 4
package struct SASLClient: Sendable {
  package let mechanism: SASLMechanism
  private var exchange: any ClientExchange
  private var failure: SASLError?

  /// Prepares the exchange.
  ///
  /// - Parameters:
  ///   - binding: what the TLS connection gives to bind to; needed for -PLUS. A plain SCRAM
  ///     exchange announces by it that a binding was possible, which lets the server notice a
  ///     stripped mechanism list (RFC 5802, section 6).
  ///   - offered: the names behind AUTH in the EHLO reply. Where they hold the -PLUS mechanism
  ///     but the plain one is used on purpose, the client claims to know no bindings.
  ///   - host: the name or address connected to, for OAUTHBEARER; empty: not sent.
  ///   - port: the port connected to, for OAUTHBEARER; 0: not sent.
  ///   - nonce: the client's SCRAM nonce; nil: a random one. For test vectors.
  ///   - alteration: what a SCRAM client gets wrong on purpose.
  /// - Throws: `.missingCredential` and `.unusableCredential`.
  package init(
    mechanism: SASLMechanism, credentials: SASLCredentials, binding: ChannelBinding? = nil,
    offered: [String] = [], host: String = "", port: Int = 0, digests: SASLDigests,
    nonce: String? = nil, alteration: ScramAlteration? = nil
  ) throws(SASLError) {
    self.mechanism = mechanism
    switch mechanism {
    case .plain:
      exchange = SingleMessageClient(try PlainMessage(credentials).octets)
    case .external:
      exchange = SingleMessageClient(try External.message(credentials))
    case .login:
      exchange = try LoginClient(credentials)
    case .cramMD5:
      exchange = try CramMD5Client(credentials, digests: digests)
    case .xoauth2:
      exchange = BearerClient(
        message: try XOAuth2.message(credentials), answerToFailure: XOAuth2.answerToFailure)
    case .oauthbearer:
      exchange = BearerClient(
        message: try OAuthBearer.message(credentials, host: host, port: port),
        answerToFailure: OAuthBearer.answerToFailure)
    case .scramSHA1, .scramSHA1Plus:
      exchange = try ScramClient(
        mechanism, hash: .sha1, binding: binding, offered: offered, credentials: credentials,
        digests: digests, nonce: nonce, alteration: alteration)
    case .scramSHA256, .scramSHA256Plus:
      exchange = try ScramClient(
        mechanism, hash: .sha256, binding: binding, offered: offered, credentials: credentials,
        digests: digests, nonce: nonce, alteration: alteration)
    }
  }

  /// Whether it is the custom of the mechanism to send a response with the AUTH command.
  package var sendsInitialResponse: Bool { mechanism.clientSpeaksFirst }

  /// The response that goes with the AUTH command, to be sent as `SASLLine.initialResponse`.
  ///
  /// LOGIN gives the user name, which some servers take there; CRAM-MD5 has none: nil. Whoever
  /// does not call this gets the same octets in answer to the first, empty challenge.
  package mutating func initialResponse() -> [UInt8]? {
    exchange.initialResponse()
  }

  /// The answer to a challenge that is already decoded.
  ///
  /// A client that has cancelled once goes on to cancel.
  package mutating func respond(to challenge: [UInt8]) -> SASLClientStep {
    if let failure { return .cancel(failure) }
    do throws(SASLError) {
      guard challenge.count <= SASLLine.messageLimit else {
        throw SASLError(.tooLong, "a challenge of \(challenge.count) octets")
      }
      return .response(try exchange.respond(to: challenge))
    } catch {
      failure = error
      return .cancel(error)
    }
  }

  /// The answer to the text behind `334 `, as it was received and without CRLF.
  package mutating func respond(toEncoded text: [UInt8]) -> SASLClientStep {
    if let failure { return .cancel(failure) }
    do throws(SASLError) {
      guard text.count <= SASLLine.limit else {
        throw SASLError(.tooLong, "a challenge of \(text.count) octets in base64")
      }
      return respond(to: try Base64.decode(text))
    } catch {
      failure = error
      return .cancel(error)
    }
  }

  /// Judges the server's final reply: whether a success may be believed.
  ///
  /// - Parameter success: whether the reply was 235.
  /// - Throws: for a success that came before the client had proven itself, after a failure inside
  ///   the exchange, or, with SCRAM, without the server's valid signature. A refusal throws nothing.
  package func finished(success: Bool) throws(SASLError) {
    guard success else { return }
    if let failure { throw failure }
    try exchange.checkSuccess()
  }
}

extension SASLClient: CustomStringConvertible, CustomReflectable {
  /// The mechanism and nothing that is secret.
  package var description: String { "\(mechanism.rawValue) client" }
  /// Without the exchange, which holds secrets.
  package var customMirror: Mirror { Mirror(self, children: ["mechanism": mechanism]) }
}

/// The client's half of one mechanism.
protocol ClientExchange: Sendable {
  /// The first message, if the client may speak first; then counts as sent.
  mutating func initialResponse() -> [UInt8]?
  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8]
  /// Throws unless a success makes sense in the present state.
  func checkSuccess() throws(SASLError)
}
