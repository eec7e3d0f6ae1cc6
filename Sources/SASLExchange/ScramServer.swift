// SPDX-License-Identifier: Apache-2.0
//
// SCRAM from the server's side (RFC 5802): checks the proof, then gives its own.

/// The exchange, seen by the server.
///
///     start --client-first--> sentFirst --right proof--> sentFinal --empty response--> accepted
///
/// A wrong proof is refused at once: the server's final message is optional then (section 5.1).
struct ScramServer: ServerExchange {
  private enum State {
    case start
    case sentFirst(Opening)
    case sentFinal(SASLServerStep)
  }

  /// What both first messages have settled.
  private struct Opening {
    var header: GS2Header
    /// Nil for an account that does not exist or has no usable password; never let in.
    var account: SASLAccount?
    var keys: SCRAMKeys
    var nonce: [UInt8]
    /// `client-first-message-bare "," server-first-message ","`.
    var authMessage: [UInt8]
  }

  private let mechanism: SASLMechanism
  private let hash: SASLHash
  private let service: SASLService
  private let binding: ChannelBinding?
  private let nonce: [UInt8]
  private var state = State.start

  init(
    _ mechanism: SASLMechanism, hash: SASLHash, service: SASLService, binding: ChannelBinding?,
    nonce: String?
  ) throws(SASLError) {
    guard !mechanism.bindsChannel || binding?.data.isEmpty == false else {
      throw SASLError(.missingCredential, "\(mechanism.rawValue) needs a TLS connection to bind to")
    }
    self.mechanism = mechanism
    self.hash = hash
    self.service = service
    self.binding = binding
    self.nonce = try ScramMessage.nonce(nonce, digests: service.digests)
  }

  mutating func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep {
    switch state {
    case .start:
      return try open(response)
    case .sentFirst(let opening):
      return try judge(response, opening)
    case .sentFinal(let step):
      guard response.isEmpty else {
        throw SASLError(.malformed, "text where the client only acknowledges the server's proof")
      }
      return step
    }
  }

  /// Takes `client-first-message`.
  private mutating func open(_ message: [UInt8]) throws(SASLError) -> SASLServerStep {
    let comma = UInt8(ascii: ",")
    guard let first = message.firstIndex(of: comma),
      let second = message[(first + 1)...].firstIndex(of: comma)
    else {
      throw SASLError(.malformed, "a SCRAM message without a GS2 header")
    }
    let header = try GS2Header(received: message[...second])
    let bare = Array(message[(second + 1)...])
    let values = try ScramMessage.values(of: bare, named: "nr")
    let username = try SASLName.unescape(values[0])
    guard ScramMessage.isNonce(values[1]) else {
      throw SASLError(.malformed, "a SCRAM nonce that is not printable")
    }
    guard accepts(header.flag) else { return .refused(.channelBinding) }

    let (account, keys) = try keys(for: username)
    let fullNonce = values[1] + nonce
    let serverFirst = ScramServerFirst.octets(nonce: fullNonce, keys: keys)
    state = .sentFirst(
      Opening(
        header: header, account: account, keys: keys, nonce: fullNonce,
        authMessage: bare + [comma] + serverFirst + [comma]))
    return .challenge(serverFirst)
  }

  /// The rules of RFC 5802, section 6, for the flag in the client's header.
  private func accepts(_ flag: GS2Header.Flag) -> Bool {
    switch flag {
    case .unsupported: !mechanism.bindsChannel
    // The client was told that there is no -PLUS; if there is, somebody lied to it.
    case .notOffered: !mechanism.bindsChannel && binding == nil
    case .bound(let kind): mechanism.bindsChannel && kind == binding?.kind.rawValue
    }
  }

  /// The account with its keys; for one that does not exist, keys that look and cost the same.
  private func keys(for username: String) throws(SASLError) -> (SASLAccount?, SCRAMKeys) {
    let account = service.account(named: username)
    if let account, let keys = account.keys[hash] { return (account, keys) }
    let salt = service.salt(for: username)
    if let account, let password = account.password, !password.isEmpty {
      let keys = try SCRAMKeys(
        password: password, hash: hash, salt: salt, iterations: service.iterations,
        digests: service.digests)
      return (account, keys)
    }
    let keys = try SCRAMKeys(
      password: "nobody", hash: hash, salt: salt, iterations: service.iterations,
      digests: service.digests)
    return (nil, keys)
  }

  /// Takes `client-final-message`.
  private mutating func judge(
    _ message: [UInt8], _ opening: Opening
  ) throws(SASLError) -> SASLServerStep {
    let values = try ScramMessage.values(of: message, named: "cr", closing: "p")
    let proof = try Base64.decode(values[2])
    var input = opening.header.octets
    if case .bound = opening.header.flag { input += binding?.data ?? [] }
    guard values[0] == Base64.encode(input) else { return .refused(.channelBinding) }
    guard values[1] == opening.nonce else { return .refused(.wrongCredentials) }

    let withoutProof = message.dropLast(",p=".utf8.count + values[2].count)
    let authMessage = opening.authMessage + withoutProof
    let signature = service.digests.hmac(hash, opening.keys.storedKey, authMessage)
    let clientKey = exclusiveOr(proof, signature)
    let proven =
      proof.count == signature.count
      && equalInConstantTime(
        service.digests.hash(hash, clientKey), opening.keys.storedKey)
    guard let account = opening.account, proven else { return .refused(.wrongCredentials) }
    let step = service.authorize(account, as: opening.header.authorizationIdentity)
    guard case .accepted = step else { return step }
    state = .sentFinal(step)
    let verifier = service.digests.hmac(hash, opening.keys.serverKey, authMessage)
    return .challenge(Array("v=".utf8) + Base64.encode(verifier))
  }
}
