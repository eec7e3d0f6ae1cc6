// SPDX-License-Identifier: Apache-2.0
//
// What a client proves itself with, and the channel that it proves it over. Secrets stay out of
// every printed form.

/// Who the client is and how it proves it; what a mechanism does not use may stay empty.
package struct SASLCredentials: Sendable, Hashable {
  /// Whom to act as; empty: whom the credentials name (RFC 4422, section 3.4.1).
  package var authorizationIdentity: String
  package var username: String
  package var password: String
  /// An OAuth 2.0 bearer token (RFC 6750, section 2.1) for XOAUTH2 and OAUTHBEARER.
  package var token: String

  package init(
    authorizationIdentity: String = "", username: String = "", password: String = "",
    token: String = ""
  ) {
    self.authorizationIdentity = authorizationIdentity
    self.username = username
    self.password = password
    self.token = token
  }

  /// Whether everything is there that the mechanism sends or derives from.
  ///
  /// EXTERNAL asks nothing of us but is meant only where there is neither password nor token.
  package func suffice(for mechanism: SASLMechanism) -> Bool {
    switch mechanism {
    case .plain, .login, .cramMD5, .scramSHA1, .scramSHA1Plus, .scramSHA256, .scramSHA256Plus:
      !username.isEmpty && !password.isEmpty
    case .xoauth2, .oauthbearer: !username.isEmpty && !token.isEmpty
    case .external: password.isEmpty && token.isEmpty
    }
  }
}

extension SASLCredentials: CustomStringConvertible, CustomReflectable {
  /// The user name and nothing that is secret.
  package var description: String { "credentials of \(username)" }
  /// Without password and token, so that `dump` and failed tests do not show them.
  package var customMirror: Mirror { Mirror(self, children: ["username": username]) }
}

/// What ties an exchange to one TLS connection (RFC 5056).
package struct ChannelBinding: Sendable, Hashable {
  /// The registered name of a binding type, as it stands behind `p=`.
  package enum Kind: String, Sendable, Hashable {
    /// Exported keying material of 32 octets (RFC 9266, section 2).
    case tlsExporter = "tls-exporter"
  }

  package var kind: Kind
  package var data: [UInt8]

  package init(kind: Kind = .tlsExporter, data: [UInt8]) {
    self.kind = kind
    self.data = data
  }
}
