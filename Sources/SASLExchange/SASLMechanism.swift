// SPDX-License-Identifier: Apache-2.0
//
// The mechanisms by name, what sets them apart, and which one to take. Knows no messages.

/// A SASL mechanism that this module speaks, by its registered name (RFC 4422, section 3.1).
///
/// LOGIN and XOAUTH2 have no RFC; they are here because mail servers offer them.
package enum SASLMechanism: String, Sendable, Hashable, CaseIterable {
  case plain = "PLAIN"
  case login = "LOGIN"
  case cramMD5 = "CRAM-MD5"
  case scramSHA1 = "SCRAM-SHA-1"
  case scramSHA1Plus = "SCRAM-SHA-1-PLUS"
  case scramSHA256 = "SCRAM-SHA-256"
  case scramSHA256Plus = "SCRAM-SHA-256-PLUS"
  case xoauth2 = "XOAUTH2"
  case oauthbearer = "OAUTHBEARER"
  case external = "EXTERNAL"

  /// The mechanism of that name in any case (RFC 4954, section 8); nil for one not spoken here.
  package init?(name: String) {
    self.init(rawValue: name.uppercased())
  }

  /// Whether the client has the first word, so that an initial response may go with AUTH.
  ///
  /// False for LOGIN, although many servers take the user name there. A server refuses an initial
  /// response to CRAM-MD5 with 501.
  ///
  /// - SeeAlso: RFC 4954, section 4
  package var clientSpeaksFirst: Bool {
    switch self {
    case .login, .cramMD5: false
    case .plain, .scramSHA1, .scramSHA1Plus, .scramSHA256, .scramSHA256Plus, .xoauth2,
      .oauthbearer, .external:
      true
    }
  }

  /// Whether the password or token itself crosses the connection, so that only TLS keeps it
  /// secret.
  ///
  /// - SeeAlso: RFC 4954, section 4; RFC 7628, section 3
  package var revealsSecret: Bool {
    switch self {
    case .plain, .login, .xoauth2, .oauthbearer: true
    case .cramMD5, .scramSHA1, .scramSHA1Plus, .scramSHA256, .scramSHA256Plus, .external: false
    }
  }

  /// Whether the exchange is tied to the TLS connection below it (RFC 5802, section 6).
  package var bindsChannel: Bool {
    self == .scramSHA1Plus || self == .scramSHA256Plus
  }

  /// From the strongest down: proof of both sides, proof of one, the secret itself.
  ///
  /// EXTERNAL stands last because a server may offer it to everybody.
  private static let preference: [SASLMechanism] = [
    .scramSHA256Plus, .scramSHA1Plus, .scramSHA256, .scramSHA1, .oauthbearer, .xoauth2, .cramMD5,
    .plain, .login, .external,
  ]

  /// The strongest offered mechanism for which the credentials suffice; nil if there is none.
  ///
  /// Whether a mechanism that reveals the secret may run without TLS is for the caller to decide
  /// (`revealsSecret`).
  ///
  /// - Parameters:
  ///   - offered: the names behind AUTH in the EHLO reply, in any case.
  ///   - channelBinding: whether the connection can give a `ChannelBinding`.
  package static func best(
    offered: [String], having credentials: SASLCredentials, channelBinding: Bool
  ) -> SASLMechanism? {
    let known = Set(offered.compactMap(SASLMechanism.init(name:)))
    return preference.first { mechanism in
      known.contains(mechanism) && credentials.suffice(for: mechanism)
        && (channelBinding || !mechanism.bindsChannel)
    }
  }
}
