// SPDX-License-Identifier: Apache-2.0
//
// The accounts of a relay as SASL wants them, on OpenSSL's digests.

import SASLExchange
import TLSEngine

extension SASLDigests {
  /// OpenSSL's digests, keys remembered; MD5 is empty where a policy forbids it, and CRAM-MD5 then
  /// fails.
  static let openSSL = SASLDigests(
    hash: { kind, octets in
      Digests.isAvailable(kind.digest) ? Digests.hash(kind.digest, octets) : []
    },
    hmac: { kind, key, octets in
      Digests.isAvailable(kind.digest) ? Digests.hmac(kind.digest, key: key, octets) : []
    },
    pbkdf2: { kind, password, salt, iterations in
      Digests.pbkdf2(kind.digest, password: password, salt: salt, iterations: iterations)
    },
    random: { Digests.random($0) }
  ).rememberingKeys()
}

extension SASLHash {
  fileprivate var digest: DigestKind {
    switch self {
    case .md5: .md5
    case .sha1: .sha1
    case .sha256: .sha256
    }
  }
}

extension SASLService {
  /// The accounts of a configuration.
  static func accounts(of configuration: RelayConfiguration) -> SASLService {
    var byName: [String: SASLAccount] = [:]
    for account in configuration.accounts {
      byName[account.name] = SASLAccount(
        name: account.name, password: account.password, token: account.token)
    }
    return SASLService(
      hostName: configuration.hostName, digests: .openSSL,
      iterations: configuration.authentication.iterations, account: { [byName] in byName[$0] })
  }
}
