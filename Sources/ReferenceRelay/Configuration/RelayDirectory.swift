// SPDX-License-Identifier: Apache-2.0
//
// Who lives here: local domains and their users, domains taken as a sink, and the accounts that
// may log in. Knows nothing of sockets.

/// The domains and mailboxes that the relay knows.
package struct RelayDirectory: Sendable {
  /// Domains whose mailboxes are `users`, lower case.
  package var localDomains: Set<String>
  /// Local parts known in every local domain, lower case; `postmaster` is always known.
  package var users: Set<String>
  /// Domains of which every mailbox is accepted from anybody, in them and below them, lower case.
  package var sinkDomains: Set<String>
  /// What separates a user from a detail that is ignored (`user1+tag`); nil: nothing does.
  package var detailDelimiter: UInt8?

  package init(
    localDomains: Set<String>, users: Set<String>, sinkDomains: Set<String> = [],
    detailDelimiter: UInt8? = UInt8(ascii: "+")
  ) {
    self.localDomains = localDomains
    self.users = users
    self.sinkDomains = sinkDomains
    self.detailDelimiter = detailDelimiter
  }

  /// The embedded relay's own: nine users at `relaymark.test`, everything at `sink.test`.
  package static let embedded = RelayDirectory(
    localDomains: ["relaymark.test"], users: Set((1...9).map { "user\($0)" }),
    sinkDomains: ["sink.test"])
}

/// Someone who may log in.
package struct RelayAccount: Sendable {
  package var name: String
  package var password: String
  /// The bearer token of XOAUTH2 and OAUTHBEARER; nil: the account has none.
  package var token: String?

  package init(name: String, password: String, token: String? = nil) {
    self.name = name
    self.password = password
    self.token = token
  }

  /// The embedded relay's account.
  package static let embedded = RelayAccount(
    name: "tester", password: "secret", token: "token-of-tester")
}

extension RelayDirectory {
  /// What is known of a mailbox.
  package enum Standing: Sendable {
    /// A mailbox of ours.
    case known
    /// Our domain, but no such mailbox.
    case unknown
    /// A domain that we swallow whole.
    case sink
    /// Somebody else's domain.
    case foreign
  }

  /// Whether every mailbox of a domain, in lower case, is taken.
  func swallows(_ domain: String) -> Bool {
    sinkDomains.contains(domain) || sinkDomains.contains { domain.hasSuffix(".\($0)") }
  }

  /// Whether a local part, without quotes, names a mailbox of a local domain.
  ///
  /// Case does not matter, and what follows the detail delimiter is ignored.
  func hasUser(_ localPart: [UInt8]) -> Bool {
    var end = localPart.count
    if let detailDelimiter, let cut = localPart.firstIndex(of: detailDelimiter), cut > 0 {
      end = cut
    }
    let name = String(decoding: localPart[..<end], as: UTF8.self).lowercased()
    return users.contains(name) || name == "postmaster"
  }
}
