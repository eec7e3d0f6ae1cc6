// SPDX-License-Identifier: Apache-2.0
//
// PLAIN and EXTERNAL: the mechanisms in which the client says everything in one message.

/// The message of PLAIN: `[authzid] NUL authcid NUL passwd` (RFC 4616, section 2).
struct PlainMessage {
  var octets: [UInt8]

  init(_ credentials: SASLCredentials) throws(SASLError) {
    let fields = [
      credentials.authorizationIdentity, credentials.username, credentials.password,
    ]
    guard !credentials.username.isEmpty, !credentials.password.isEmpty else {
      throw SASLError(.missingCredential, "PLAIN needs a user name and a password")
    }
    guard !fields.contains(where: { $0.utf8.contains(0) }) else {
      throw SASLError(.unusableCredential, "PLAIN cannot carry NUL")
    }
    octets = Array(fields.joined(separator: "\0").utf8)
  }
}

/// The message of EXTERNAL: the authorization identity or nothing (RFC 4422, appendix A).
enum External {
  static func message(_ credentials: SASLCredentials) throws(SASLError) -> [UInt8] {
    let octets = Array(credentials.authorizationIdentity.utf8)
    guard !octets.contains(0) else {
      throw SASLError(.unusableCredential, "EXTERNAL cannot carry NUL")
    }
    return octets
  }
}

/// A client that sends one message, at once or in answer to one empty challenge.
struct SingleMessageClient: ClientExchange {
  private let message: [UInt8]
  private var sent = false

  init(_ message: [UInt8]) {
    self.message = message
  }

  mutating func initialResponse() -> [UInt8]? {
    sent = true
    return message
  }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    guard !sent else { throw SASLError(.unexpected, "a challenge behind the only response") }
    guard challenge.isEmpty else {
      throw SASLError(.unexpected, "a challenge with text where the client speaks first")
    }
    sent = true
    return message
  }

  func checkSuccess() throws(SASLError) {
    guard sent else { throw SASLError(.incomplete, "success before any credentials were sent") }
  }
}

struct PlainServer: ServerExchange {
  let service: SASLService

  func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep {
    let fields = response.split(separator: 0, omittingEmptySubsequences: false)
    guard fields.count == 3 else {
      throw SASLError(.malformed, "\(fields.count - 1) NUL in PLAIN, which has two")
    }
    return service.verdict(
      username: try text(fields[1], of: "the user name"),
      password: try text(fields[2], of: "the password"),
      authorizationIdentity: try text(fields[0], of: "the authorization identity"))
  }
}

struct ExternalServer: ServerExchange {
  let service: SASLService
  /// Whom the layer below has authenticated.
  let identity: String?

  func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep {
    let requested = try text(response, of: "the authorization identity")
    guard let identity else { return .refused(.wrongCredentials) }
    let account = service.account(named: identity) ?? SASLAccount(name: identity)
    return service.authorize(account, as: requested)
  }
}
