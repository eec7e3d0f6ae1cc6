// SPDX-License-Identifier: Apache-2.0
//
// CRAM-MD5: a keyed hash of the server's challenge (RFC 2195).

enum CramMD5 {
  /// The digest in hexadecimal; empty if the digests fail.
  static func digest(_ challenge: [UInt8], password: String, digests: SASLDigests) -> [UInt8] {
    hexadecimal(digests.hmac(.md5, Array(password.utf8), challenge)[...])
  }

  /// Two lower-case digits for each octet.
  static func hexadecimal(_ octets: ArraySlice<UInt8>) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
  }
}

struct CramMD5Client: ClientExchange {
  private let username: String
  private let password: String
  private let digests: SASLDigests
  private var answered = false

  init(_ credentials: SASLCredentials, digests: SASLDigests) throws(SASLError) {
    username = credentials.username
    password = credentials.password
    self.digests = digests
    guard !username.isEmpty, !password.isEmpty else {
      throw SASLError(.missingCredential, "CRAM-MD5 needs a user name and a password")
    }
  }

  mutating func initialResponse() -> [UInt8]? { nil }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard !answered else { throw SASLError(.unexpected, "a second CRAM-MD5 challenge") }
    // An empty challenge would get a digest that is good for any other server that sends none.
    guard !challenge.isEmpty else { throw SASLError(.malformed, "an empty CRAM-MD5 challenge") }
    answered = true
    return Array(username.utf8) + [UInt8(ascii: " ")]
      + CramMD5.digest(challenge, password: password, digests: digests)
  }

  func checkSuccess() throws(SASLError) {
    guard answered else {
      throw SASLError(.incomplete, "success before the challenge was answered")
    }
  }
}

struct CramMD5Server: ServerExchange {
  private let service: SASLService
  let firstChallenge: [UInt8]
  let takesInitialResponse = false

  /// Makes a challenge in the form of a message id (RFC 2195, section 2), unless one is given.
  init(service: SASLService, challenge: String?) throws(SASLError) {
    self.service = service
    if let challenge {
      firstChallenge = Array(challenge.utf8)
    } else {
      let random = service.digests.random(16)
      guard !random.isEmpty else {
        throw SASLError(.digestsFailed, "no random octets for a CRAM-MD5 challenge")
      }
      let unique = [random.prefix(8), random.dropFirst(8)].map(CramMD5.hexadecimal)
      firstChallenge =
        Array("<".utf8) + unique.joined(separator: ".".utf8)
        + Array("@\(service.hostName)>".utf8)
    }
  }

  func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep {
    // The digest has no space in it, a user name may.
    guard let space = response.lastIndex(of: UInt8(ascii: " ")) else {
      throw SASLError(.malformed, "no space in a CRAM-MD5 response")
    }
    let username = try text(response[..<space], of: "the user name")
    let presented = Array(response[(space + 1)...])
    guard presented.count == 32, presented.allSatisfy(Self.isDigit) else {
      throw SASLError(.malformed, "a CRAM-MD5 digest is 32 hexadecimal digits in lower case")
    }
    let account = service.account(named: username)
    let expected = CramMD5.digest(
      firstChallenge, password: account?.password ?? "", digests: service.digests)
    let proven = equalInConstantTime(presented, expected)
    guard let account, let password = account.password, !password.isEmpty, proven else {
      return .refused(.wrongCredentials)
    }
    return .accepted(identity: account.name)
  }

  private static func isDigit(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}
