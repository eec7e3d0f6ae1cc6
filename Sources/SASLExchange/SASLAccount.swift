// SPDX-License-Identifier: Apache-2.0
//
// What a server knows about a user, and how it holds a presented secret against that.

/// One account as a server stores it: a password, SCRAM keys instead of it, a token, or several.
package struct SASLAccount: Sendable {
  /// The authorization identity of whoever proves to own the account.
  package var name: String
  package var password: String?
  /// The bearer token that is valid for this account.
  package var token: String?
  /// SCRAM keys by their hash, for accounts whose password is not stored or whose salt is given.
  package var keys: [SASLHash: SCRAMKeys]
  /// Other authorization identities that the account may act as.
  package var actsFor: Set<String>

  package init(
    name: String, password: String? = nil, token: String? = nil, keys: [SASLHash: SCRAMKeys] = [:],
    actsFor: Set<String> = []
  ) {
    self.name = name
    self.password = password
    self.token = token
    self.keys = keys
    self.actsFor = actsFor
  }
}

extension SASLAccount: CustomStringConvertible, CustomReflectable {
  /// The name and nothing that is secret.
  package var description: String { "account \(name)" }
  /// Without secrets.
  package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension SASLService {
  /// The account behind a name as the client spells it; nil for unknown names and for those that
  /// SASLprep refuses.
  func account(named presented: String) -> SASLAccount? {
    do throws(SASLError) {
      return account(try SASLPreparation.prepare(presented, as: "user name"))
    } catch {
      return nil
    }
  }

  /// The verdict on a user name with a password in clear (PLAIN and LOGIN).
  func verdict(
    username: String, password: String, authorizationIdentity: String
  ) -> SASLServerStep {
    let account = account(named: username)
    // Compared for unknown accounts too: the way to a refusal is the same for both.
    let proven = matches(password, account)
    guard let account, proven else { return .refused(.wrongCredentials) }
    return authorize(account, as: authorizationIdentity)
  }

  /// The verdict on the identity to act as, after the account has been proven.
  ///
  /// An identity that SASLprep refuses or empties fails the exchange, unless it was empty from the
  /// start (RFC 4954, section 4).
  func authorize(_ account: SASLAccount, as requested: String) -> SASLServerStep {
    guard !requested.isEmpty else { return .accepted(identity: account.name) }
    do throws(SASLError) {
      let identity = try SASLPreparation.prepare(requested, as: "authorization identity")
      return identity == account.name || account.actsFor.contains(identity)
        ? .accepted(identity: identity) : .refused(.notAuthorized)
    } catch {
      return .refused(.wrongCredentials)
    }
  }

  private func matches(_ presented: String, _ account: SASLAccount?) -> Bool {
    do throws(SASLError) {
      let password = try SASLPreparation.prepare(presented, as: "password")
      if let account, account.password == nil, let (hash, keys) = account.keys.first {
        return keys.prove(password, hash: hash, digests: digests)
      }
      let stored = try SASLPreparation.prepare(account?.password ?? "\u{20}", as: "password")
      return equalInConstantTime(Array(password.utf8), Array(stored.utf8))
        && account?.password != nil
    } catch {
      return false
    }
  }
}

/// Whether two secrets are equal, in a time that depends on the presented length alone.
///
/// Nothing equals an empty secret: neither an empty password nor the result of a failed digest lets
/// anybody in.
func equalInConstantTime(_ presented: [UInt8], _ secret: [UInt8]) -> Bool {
  guard !secret.isEmpty else { return false }
  var difference = presented.count ^ secret.count
  for (index, octet) in presented.enumerated() {
    difference |= Int(octet ^ secret[index % secret.count])
  }
  return difference == 0
}

/// The text in the octets, which must be UTF-8 without NUL.
func text(_ octets: some Collection<UInt8>, of what: String) throws(SASLError) -> String {
  guard !octets.contains(0), let text = String(validating: octets, as: UTF8.self) else {
    throw SASLError(.malformed, "\(what) is no UTF-8 without NUL")
  }
  return text
}
