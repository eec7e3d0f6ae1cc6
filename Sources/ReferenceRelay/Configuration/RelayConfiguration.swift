// SPDX-License-Identifier: Apache-2.0
//
// Everything that can be said about a relay before it starts, as plain values with the embedded
// relay's own as defaults.

import Glibc
package import SASLExchange
package import TLSEngine

/// How a reference relay behaves.
package struct RelayConfiguration: Sendable {
  /// The name in greeting, hello reply and trace fields (RFC 5321 section 4.2).
  package var hostName: String
  package var directory: RelayDirectory
  package var accounts: [RelayAccount]
  package var limits: RelayLimits
  /// What may be offered; what a role or the state of a session forbids stays off.
  package var extensions: Set<RelayExtension>
  package var authentication: RelayAuthentication
  package var verification: RelayPolicy.Verification
  /// Nil: no STARTTLS, and no listener for `submissions`.
  package var tls: RelayTLS?
  /// What happens besides the honest; the first rule that matches acts.
  package var rules: [RelayRule]
  /// The folder of a Maildir in which every accepted message is put, a copy for each recipient;
  /// made where it is missing.
  ///
  /// Nil: messages are counted and forgotten.
  package var maildir: String?
  /// Where every accepted message is sent on; nil: nowhere.
  package var nextHop: RelayNextHop?
  /// Is handed every accepted message; false: it has no room.
  package var inbox: (@Sendable (RelayMessage) -> Bool)?
  /// Whether everything is taken for everybody from anybody, as it comes, to see what comes.
  package var isSink = false
  /// Rules that may change while the relay runs; they count where `rules` is empty.
  package var board: RelayRuleBoard?
  /// Whether messages are read for their integrity marks and counted as intact, changed or
  /// unmarked.
  package var checksIntegrity: Bool
  /// Local parts such as `rcpt550_5.1.1` and `mail421` command the reply they name.
  package var obeysAddresses: Bool
  package var faults: [any RelayFault]
  /// Where chance begins: the same seed and order of connections gives the same draws.
  package var seed: UInt64
  /// Seconds since 1970 UTC, for trace fields.
  package var wallClock: @Sendable () -> Int
  /// Takes what an operator should know, one line each, such as a full disk.
  package var note: @Sendable (String) -> Void

  package init(
    hostName: String = "relay.relaymark.test", directory: RelayDirectory = .embedded,
    accounts: [RelayAccount] = [.embedded], limits: RelayLimits = .standard,
    extensions: Set<RelayExtension> = Set(RelayExtension.allCases),
    authentication: RelayAuthentication = RelayAuthentication(),
    verification: RelayPolicy.Verification = .cannotVerify, tls: RelayTLS? = RelayTLS(),
    rules: [RelayRule] = [], maildir: String? = nil, checksIntegrity: Bool = false,
    obeysAddresses: Bool = false, faults: [any RelayFault] = [], seed: UInt64 = 1,
    wallClock: @escaping @Sendable () -> Int = RelayConfiguration.systemClock,
    note: @escaping @Sendable (String) -> Void = RelayConfiguration.standardError
  ) {
    self.hostName = hostName
    self.directory = directory
    self.accounts = accounts
    self.limits = limits
    self.extensions = extensions
    self.authentication = authentication
    self.verification = verification
    self.tls = tls
    self.rules = rules
    self.maildir = maildir
    self.checksIntegrity = checksIntegrity
    self.obeysAddresses = obeysAddresses
    self.faults = faults
    self.seed = seed
    self.wallClock = wallClock
    self.note = note
  }
}

/// Which mechanisms work before TLS.
package enum ClearTextAuthentication: Sendable {
  /// None (RFC 8314 section 3; RFC 4954 section 4).
  case none
  /// Those that do not show the password.
  case withoutSecrets
  case all
}

/// Where and how clients may log in.
package struct RelayAuthentication: Sendable {
  /// In the order in which they are offered; -PLUS only inside TLS, EXTERNAL only with a client
  /// certificate that verifies.
  package var mechanisms: [SASLMechanism]
  /// Whether the roles `relay` and `lmtp` offer AUTH too.
  package var onRelay: Bool
  package var inClearText: ClearTextAuthentication
  /// Iterations of SCRAM (RFC 7677 section 4: at least 4096).
  package var iterations: Int

  package init(
    mechanisms: [SASLMechanism] = SASLMechanism.allCases, onRelay: Bool = false,
    inClearText: ClearTextAuthentication = .none, iterations: Int = 4_096
  ) {
    self.mechanisms = mechanisms
    self.onRelay = onRelay
    self.inClearText = inClearText
    self.iterations = iterations
  }
}

/// How the relay speaks TLS.
package struct RelayTLS: Sendable {
  /// Chain and key; nil: made at start, for `names`, under an authority of its own.
  package var identity: TLSIdentity?
  /// Names and addresses in the certificate made at start; empty: the host name, `localhost` and
  /// the loopback addresses.
  package var names: [String]
  /// The common name of the certificate made at start; nil: the first of its names.
  package var commonName: String?
  /// The key of the certificate made at start.
  package var key: TLSKeyKind
  /// Days for which the certificate made at start is valid; less than none where it has expired.
  package var days: Int
  package var minimum: TLSVersion?
  package var maximum: TLSVersion?
  /// The cipher list for TLS 1.2 and older, in OpenSSL's notation.
  package var ciphers: String?
  package var groups: String?
  /// Whether the relay's order of ciphers counts, and not the client's.
  package var prefersOwnCiphers: Bool
  /// Whether users who indicate a name that the certificate made at start does not have are refused
  /// (RFC 9325 section 3.7); never between servers, where RFC 7672 section 8.1 wants them served.
  package var refusesUnknownNames: Bool
  /// Whether other servers are served whatever name they indicate (RFC 8461 section 7.1).
  package var servesEveryServer = true
  /// Hellos that are answered with what no OpenSSL says; for faults.
  package var forgery: HelloForgery?
  /// Whether clients that have TLS 1.2 get it although they have 1.3, too.
  package var prefersTLS12: Bool
  /// Whether TLS 1.2 uses the extended master secret (RFC 7627).
  package var extendedMasterSecret: Bool
  /// The application protocol to name whatever a client offers; nil: ALPN is passed over.
  package var applicationProtocol: String?
  package var resumption: Bool
  package var clientCertificates: TLSClientCertificates

  package init(
    identity: TLSIdentity? = nil, names: [String] = [], commonName: String? = nil,
    key: TLSKeyKind = .p256, days: Int = 30, minimum: TLSVersion? = nil,
    maximum: TLSVersion? = nil, ciphers: String? = nil, groups: String? = nil,
    prefersOwnCiphers: Bool = true, refusesUnknownNames: Bool = true, forgery: HelloForgery? = nil,
    prefersTLS12: Bool = false,
    extendedMasterSecret: Bool = true,
    applicationProtocol: String? = nil, resumption: Bool = true,
    clientCertificates: TLSClientCertificates = .none
  ) {
    self.identity = identity
    self.names = names
    self.commonName = commonName
    self.key = key
    self.days = days
    self.minimum = minimum
    self.maximum = maximum
    self.ciphers = ciphers
    self.groups = groups
    self.prefersOwnCiphers = prefersOwnCiphers
    self.refusesUnknownNames = refusesUnknownNames
    self.forgery = forgery
    self.prefersTLS12 = prefersTLS12
    self.extendedMasterSecret = extendedMasterSecret
    self.applicationProtocol = applicationProtocol
    self.resumption = resumption
    self.clientCertificates = clientCertificates
  }
}

extension RelayConfiguration {
  /// Whether anybody wants the content of messages.
  var keepsMessages: Bool { maildir != nil || nextHop != nil || inbox != nil }

  /// A sink: it shows what a relay sends on.
  ///
  /// - Parameters:
  ///   - board: how it answers meanwhile.
  ///   - inbox: is handed every message; false: it has no room.
  package static func sink(
    board: RelayRuleBoard, note: @escaping @Sendable (String) -> Void = standardError,
    inbox: @escaping @Sendable (RelayMessage) -> Bool
  ) -> RelayConfiguration {
    var configuration = RelayConfiguration(
      hostName: "sink.relaymark.test", limits: .sink, tls: nil, note: note)
    configuration.isSink = true
    configuration.board = board
    configuration.inbox = inbox
    return configuration
  }

  /// The system's clock.
  package static let systemClock: @Sendable () -> Int = { time(nil) }

  /// Writes a line to standard error.
  package static let standardError: @Sendable (String) -> Void = { line in
    let octets = Array("\(line)\n".utf8)
    // Where standard error is gone there is nobody left to tell.
    _ = octets.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
