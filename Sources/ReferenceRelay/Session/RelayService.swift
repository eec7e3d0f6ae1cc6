// SPDX-License-Identifier: Apache-2.0
//
// What all sessions of one listener share: the configuration made ready, the rules that hold there,
// and the few things that they count or draw on together. Immutable, or locked inside.

import Glibc
import SASLExchange

/// A listener's rules and means, made once.
package final class RelayService: Sendable {
  package let role: RelayRole
  package let configuration: RelayConfiguration
  package let policy: RelayPolicy
  let limits: RelayLimits
  let rules: RuleBook
  let accounts: SASLService
  let budget: OctetBudget
  let seen: MessageLedger
  /// Stands in front of every message's id: the process and its start.
  let idPrefix: String
  /// Whether enhanced status codes are sent (RFC 2034).
  let usesEnhancedCodes: Bool

  /// Makes a configuration ready for a role; faults turn their knobs here.
  ///
  /// - Parameter shared: what listeners of one relay have together; nil: a relay of its own.
  package convenience init(_ configuration: RelayConfiguration, role: RelayRole) {
    self.init(configuration, role: role, shared: RelayShare(configuration))
  }

  init(_ configuration: RelayConfiguration, role: RelayRole, shared: RelayShare) {
    self.role = role
    self.configuration = configuration
    var policy = RelayPolicy(role: role, configuration: configuration)
    for fault in configuration.faults { fault.adjust(&policy) }
    self.policy = policy
    limits = configuration.limits
    rules = shared.rules
    accounts = shared.accounts
    budget = shared.budget
    seen = shared.seen
    idPrefix = shared.idPrefix
    usesEnhancedCodes = configuration.extensions.contains(.enhancedStatusCodes)
  }

  /// Whether an extension can be offered at all in this role (RFC 6409 section 7 for ETRN).
  func has(_ capability: RelayExtension) -> Bool {
    guard configuration.extensions.contains(capability) else { return false }
    switch capability {
    case .remoteQueue: return role == .relay
    case .startTLS: return configuration.tls != nil && !role.isImplicitTLS
    case .authentication: return policy.offersAuthentication
    case .binaryMIME: return configuration.extensions.contains(.chunking)
    case .internationalized: return configuration.extensions.contains(.eightBitMIME)
    case .pipelining, .size, .verify, .enhancedStatusCodes, .eightBitMIME, .deliveryNotifications,
      .chunking, .limits, .help:
      return true
    }
  }
}

/// What all listeners of a relay have together.
final class RelayShare: Sendable {
  let rules: RuleBook
  let accounts: SASLService
  let budget: OctetBudget
  let seen = MessageLedger()
  let idPrefix: String

  init(_ configuration: RelayConfiguration) {
    rules = RuleBook(configuration.rules, seed: configuration.seed)
    accounts = SASLService.accounts(of: configuration)
    budget = OctetBudget(configuration.limits.collectedOctets)
    idPrefix =
      String(UInt32(truncatingIfNeeded: configuration.wallClock()), radix: 36)
      + String(getpid(), radix: 36)
  }
}
