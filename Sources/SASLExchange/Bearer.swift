// SPDX-License-Identifier: Apache-2.0
//
// XOAUTH2 and OAUTHBEARER: an OAuth 2.0 token in one message, and a second round only where the
// token is refused.

/// What separates the parts of both messages (RFC 7628, section 3.1).
private let separator: UInt8 = 0x01

/// The form that Google published in 2012 and RFC 7628 replaced.
enum XOAuth2 {
  /// In answer to the server's error the client sends an empty line.
  static let answerToFailure: [UInt8] = []

  static func message(_ credentials: SASLCredentials) throws(SASLError) -> [UInt8] {
    let token = try bearerToken(credentials, for: .xoauth2)
    guard !credentials.username.isEmpty else {
      throw SASLError(.missingCredential, "XOAUTH2 needs a user name")
    }
    guard credentials.username.utf8.allSatisfy({ $0 > separator }) else {
      throw SASLError(.unusableCredential, "XOAUTH2 cannot carry NUL or control-A")
    }
    return Array("user=\(credentials.username)\u{1}auth=Bearer \(token)\u{1}\u{1}".utf8)
  }
}

/// OAUTHBEARER (RFC 7628).
enum OAuthBearer {
  /// In answer to the server's error the client sends one control-A (section 3.2.3).
  static let answerToFailure: [UInt8] = [separator]

  /// The initial response of section 3.1; the user name stands for a missing authorization identity
  /// because servers want one.
  static func message(
    _ credentials: SASLCredentials, host: String, port: Int
  ) throws(SASLError) -> [UInt8] {
    let token = try bearerToken(credentials, for: .oauthbearer)
    var identity = credentials.authorizationIdentity
    if identity.isEmpty { identity = credentials.username }
    guard identity.utf8.allSatisfy({ $0 > separator }) else {
      throw SASLError(.unusableCredential, "OAUTHBEARER cannot carry NUL or control-A")
    }
    guard host.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
      throw SASLError(.unusableCredential, "the host name for OAUTHBEARER is not ASCII")
    }
    var message = identity.isEmpty ? "n,," : "n,a=\(SASLName.escape(identity)),"
    if !host.isEmpty { message += "\u{1}host=\(host)" }
    if port > 0 { message += "\u{1}port=\(port)" }
    return Array((message + "\u{1}auth=Bearer \(token)\u{1}\u{1}").utf8)
  }
}

/// The token, if it can stand in an HTTP authorization header (RFC 6750, section 2.1).
private func bearerToken(
  _ credentials: SASLCredentials, for mechanism: SASLMechanism
) throws(SASLError) -> String {
  guard !credentials.token.isEmpty else {
    throw SASLError(.missingCredential, "\(mechanism.rawValue) needs a token")
  }
  guard credentials.token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
    throw SASLError(.unusableCredential, "a bearer token is printable ASCII without spaces")
  }
  return credentials.token
}

/// Sends the token once, and in answer to an error what lets the server finish with a refusal.
struct BearerClient: ClientExchange {
  private enum State {
    case owingToken
    case sentToken
    case sawFailure(String)
  }

  private let message: [UInt8]
  private let answerToFailure: [UInt8]
  private var state = State.owingToken

  init(message: [UInt8], answerToFailure: [UInt8]) {
    self.message = message
    self.answerToFailure = answerToFailure
  }

  mutating func initialResponse() -> [UInt8]? {
    state = .sentToken
    return message
  }

  mutating func respond(to challenge: [UInt8]) throws(SASLError) -> [UInt8] {
    switch state {
    case .owingToken:
      guard challenge.isEmpty else {
        throw SASLError(.unexpected, "a challenge with text where the client speaks first")
      }
      state = .sentToken
      return message
    case .sentToken:
      state = .sawFailure(String(decoding: challenge.prefix(200), as: UTF8.self))
      return answerToFailure
    case .sawFailure:
      throw SASLError(.unexpected, "a challenge behind the server's error")
    }
  }

  func checkSuccess() throws(SASLError) {
    switch state {
    case .owingToken: throw SASLError(.incomplete, "success before the token was sent")
    case .sentToken: return
    case .sawFailure(let error):
      throw SASLError(.refusedByServer, "success behind the server's error: \(error)")
    }
  }
}

/// Both mechanisms from the server's side; the account's token decides.
///
/// Both need a user name, which for OAUTHBEARER is the authorization identity (RFC 7628, section
/// 3.1, lets servers require it). `host` and `port` are not held against anything: a server here
/// is reached under many names.
struct BearerServer: ServerExchange {
  enum Form {
    case xoauth2
    case oauthbearer

    /// The error that goes out as one more challenge (RFC 7628, section 3.2.2).
    var failure: String {
      switch self {
      case .xoauth2: #"{"status":"401","schemes":"Bearer","scope":"mail"}"#
      case .oauthbearer: #"{"status":"invalid_token","scope":"mail"}"#
      }
    }
  }

  let service: SASLService
  let form: Form
  private var failed = false

  init(service: SASLService, form: Form) {
    self.service = service
    self.form = form
  }

  mutating func receive(_ response: [UInt8]) throws(SASLError) -> SASLServerStep {
    if failed {
      guard form == .xoauth2 || response == OAuthBearer.answerToFailure else {
        throw SASLError(.malformed, "the answer to an OAUTHBEARER error is one control-A")
      }
      return .refused(.wrongCredentials)
    }
    // The dummy answer as the first word asks for nothing and gets no error to read.
    if form == .oauthbearer && response == OAuthBearer.answerToFailure {
      return .refused(.wrongCredentials)
    }
    let claim = try BearerClaim(response, form: form)
    let account = service.account(named: claim.user)
    let proven = equalInConstantTime(
      Array(claim.token.utf8), Array((account?.token ?? "").utf8))
    guard let account, proven else {
      failed = true
      return .challenge(Array(form.failure.utf8))
    }
    return .accepted(identity: account.name)
  }
}

/// Who a bearer message says to be, and the token for it.
private struct BearerClaim {
  var user = ""
  /// Empty if the header holds no bearer token, which asks for the error.
  var token = ""

  init(_ message: [UInt8], form: BearerServer.Form) throws(SASLError) {
    let content = try text(message, of: "the message").unicodeScalars
    // "…^A^A": the last pair ends with a separator and the message with another.
    var parts = content.split(separator: "\u{1}", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.removeLast().isEmpty, parts.removeLast().isEmpty else {
      throw SASLError(.malformed, "the message does not end with two control-A")
    }
    if form == .oauthbearer {
      user = try GS2Header(received: String(parts.removeFirst()).utf8).authorizationIdentity
    }
    var seen: Set<String> = []
    for part in parts {
      guard let equals = part.firstIndex(of: "=") else {
        throw SASLError(.malformed, "a part of the message without =")
      }
      let key = String(part[..<equals])
      guard seen.insert(key).inserted else {
        throw SASLError(.malformed, "\(key) stands twice in the message")
      }
      let value = String(part[part.index(after: equals)...])
      if key == "auth" { token = Self.token(inHeader: value) }
      if key == "user" && form == .xoauth2 { user = value }
    }
  }

  /// The token behind `Bearer`, in any case (RFC 7628, section 4).
  private static func token(inHeader value: String) -> String {
    let scheme = "bearer "
    guard value.lowercased().hasPrefix(scheme) else { return "" }
    return String(value.utf8.dropFirst(scheme.utf8.count)) ?? ""
  }
}
