// SPDX-License-Identifier: Apache-2.0
//
// SCRAM from the client's side (RFC 5802): proves the password without showing it, and asks the
// same of the server.

/// What a SCRAM client gets wrong on purpose, its proof made for it all the same: a server that does
/// not look lets the client in.
package enum ScramAlteration: String, Sendable, Hashable, CaseIterable {
  /// The client's final message has another nonce (RFC 5802, section 5.1, `r`).
  case nonce
  /// The client's final message is bound to something else (RFC 5802, section 5.1, `c`).
  case binding
  /// A -PLUS exchange names a type of channel binding that nobody has (RFC 5802, section 6).
  case bindingType = "binding-type"
  /// The client says that no -PLUS was offered (RFC 5802, section 6).
  case offer
}

/// The exchange, seen by the client.
///
///     start --(AUTH or empty challenge)--> sentFirst --server-first--> sentFinal
///     sentFinal --v= with the right signature--> proven
///     sentFinal --e=--> refused
struct ScramClient: ClientExchange {
  private enum State {
    case start
    case sentFirst
    /// Waits for this signature.
    case sentFinal(serverSignature: [UInt8])
    case proven
    case refused(String)
  }

  private let hash: SASLHash
  private let header: [UInt8]
  private let binding: [UInt8]
  private let password: String
  private let digests: SASLDigests
  private let nonce: [UInt8]
  private let firstBare: [UInt8]
  private let alteration: ScramAlteration?
  private var state = State.start

  init(
    _ mechanism: SASLMechanism, hash: SASLHash, binding: ChannelBinding?, offered: [String],
    credentials: SASLCredentials, digests: SASLDigests, nonce: String?,
    alteration: ScramAlteration? = nil
  ) throws(SASLError) {
    guard !credentials.username.isEmpty, !credentials.password.isEmpty else {
      throw SASLError(.missingCredential, "SCRAM needs a user name and a password")
    }
    let username = try SASLPreparation.prepare(credentials.username, as: "user name")
    // Prepared again where it is hashed; here so that a forbidden one is known before any talk.
    password = try SASLPreparation.prepare(credentials.password, as: "password")
    var header = try GS2Header(
      mechanism: mechanism, binding: binding, offered: offered, credentials: credentials)
    switch alteration {
    case .bindingType: header.flag = .bound("x-unknown")
    case .offer: header.flag = .notOffered
    case .nonce, .binding, nil: break
    }
    self.alteration = alteration
    self.hash = hash
    self.header = header.octets
    // Only a bound exchange sends the data (`cbind-input`).
    self.binding = if case .bound = header.flag { binding?.data ?? [] } else { [] }
    self.digests = digests
    self.nonce = try ScramMessage.nonce(nonce, digests: digests)
    firstBare = Array("n=\(SASLName.escape(username)),r=".utf8) + self.nonce
  }

  mutating func initialResponse() -> [UInt8]? {
    state = .sentFirst
    return header + firstBare
  }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .start:
      guard challenge.isEmpty else {
        throw SASLError(.unexpected, "a challenge with text where the client speaks first")
      }
      state = .sentFirst
      return header + firstBare
    case .sentFirst:
      let (message, serverSignature) = try final(answering: challenge)
      state = .sentFinal(serverSignature: serverSignature)
      return message
    case .sentFinal(let serverSignature):
      state = try verdict(challenge, expecting: serverSignature)
      return []
    case .proven, .refused:
      throw SASLError(.unexpected, "a challenge behind the server's final message")
    }
  }

  func checkSuccess() throws(SASLError) {
    switch state {
    case .proven: return
    case .start, .sentFirst:
      throw SASLError(.incomplete, "success before the client had sent its proof")
    case .sentFinal:
      throw SASLError(.serverNotProven, "success without the server's signature (v=)")
    case .refused(let reason):
      throw SASLError(.refusedByServer, "success behind the server's e=\(reason)")
    }
  }

  /// `client-final-message`, and the signature that the server owes for it.
  private func final(
    answering serverFirst: [UInt8]
  ) throws(SASLError) -> (message: [UInt8], serverSignature: [UInt8]) {
    let first = try ScramServerFirst(serverFirst, continuing: nonce)
    let secrets = try ScramSecrets(
      password: password, hash: hash, salt: first.salt, iterations: first.iterations,
      digests: digests)
    let comma = [UInt8(ascii: ",")]
    // A header that begins with another flag is another one.
    let bound = alteration == .binding ? [UInt8(ascii: "x")] + header.dropFirst() : header
    let nonce = alteration == .nonce ? first.nonce + [UInt8(ascii: "x")] : first.nonce
    let withoutProof =
      Array("c=".utf8) + Base64.encode(bound + binding) + Array(",r=".utf8) + nonce
    let authMessage = firstBare + comma + serverFirst + comma + withoutProof
    let proof = secrets.proof(of: authMessage, hash: hash, digests: digests)
    return (
      withoutProof + Array(",p=".utf8) + Base64.encode(proof),
      digests.hmac(hash, secrets.serverKey, authMessage)
    )
  }

  /// Reads `server-final-message`: a verifier or an error.
  private func verdict(
    _ message: [UInt8], expecting serverSignature: [UInt8]
  ) throws(SASLError) -> State {
    if message.first == UInt8(ascii: "e") {
      let error = try ScramMessage.values(of: message, named: "e")[0]
      return .refused(String(decoding: error.prefix(100), as: UTF8.self))
    }
    let verifier = try ScramMessage.values(of: message, named: "v")[0]
    guard equalInConstantTime(try Base64.decode(verifier), serverSignature) else {
      throw SASLError(.serverNotProven, "the server's signature (v=) is wrong")
    }
    return .proven
  }
}
