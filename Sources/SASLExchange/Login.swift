// SPDX-License-Identifier: Apache-2.0
//
// LOGIN: user name and password on a line each. No RFC describes it, so prompts bind nobody.

/// Sends the user name, then the password, whatever the prompts say.
///
/// One prompt is read: a server that ignores the user name behind AUTH LOGIN asks for it again.
struct LoginClient: ClientExchange {
  private enum State {
    case owingUsername
    case sentUsernameUnasked
    case owingPassword
    case done
  }

  private let username: [UInt8]
  private let password: [UInt8]
  private var state = State.owingUsername

  init(_ credentials: SASLCredentials) throws(SASLError) {
    username = Array(credentials.username.utf8)
    password = Array(credentials.password.utf8)
    guard !username.isEmpty, !password.isEmpty else {
      throw SASLError(.missingCredential, "LOGIN needs a user name and a password")
    }
  }

  mutating func initialResponse() -> [UInt8]? {
    state = .sentUsernameUnasked
    return username
  }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .owingUsername:
      state = .owingPassword
      return username
    case .sentUsernameUnasked where Self.asksForUser(challenge):
      state = .owingPassword
      return username
    case .sentUsernameUnasked, .owingPassword:
      state = .done
      return password
    case .done:
      throw SASLError(.unexpected, "a challenge behind user name and password")
    }
  }

  func checkSuccess() throws(SASLError) {
    guard state == .done else {
      throw SASLError(.incomplete, "success before the password was sent")
    }
  }

  private static func asksForUser(_ challenge: [UInt8]) -> Bool {
    String(decoding: challenge, as: UTF8.self).lowercased().hasPrefix("user")
  }
}

/// Asks with the prompts that most clients know, and takes the user name with AUTH as well.
struct LoginServer: ServerExchange {
  let service: SASLService
  private var username: String?

  init(service: SASLService) {
    self.service = service
  }

  var firstChallenge: [UInt8] { Array("Username:".utf8) }

  mutating func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep {
    guard let username else {
      username = try text(response, of: "the user name")
      return .challenge(Array("Password:".utf8))
    }
    return service.verdict(
      username: username, password: try text(response, of: "the password"),
      authorizationIdentity: "")
  }
}
