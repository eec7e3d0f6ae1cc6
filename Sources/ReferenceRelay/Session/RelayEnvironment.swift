// SPDX-License-Identifier: Apache-2.0
//
// What all sessions of one listener share: role, configuration, policy after the faults have had their
// say, accounts, scripted rules, and the hello replies that never change.

import SASLExchange
import Synchronization

/// The surroundings of the sessions of one listener.
package final class RelayEnvironment: Sendable {
  package let role: RelayRole
  package let configuration: RelayConfiguration
  let policy: RelayPolicy
  let accounts: SASLService
  let budget: OctetBudget
  let rules: RuleBook
  /// Marks of messages that were accepted, to notice duplicates.
  let marks = MarkBook()

  package init(
    role: RelayRole, configuration: RelayConfiguration, start: RelayInstant = .init(nanoseconds: 0)
  ) {
    self.role = role
    self.configuration = configuration
    var policy = RelayPolicy(role: role, configuration: configuration)
    for fault in configuration.faults { fault.adjust(&policy) }
    self.policy = policy
    accounts = .accounts(of: configuration)
    budget = OctetBudget(configuration.limits.collectedOctets)
    rules = RuleBook(rules: configuration.rules, seed: configuration.seed, start: start)
  }

  /// The keywords of the hello reply, in the order in which they are sent.
  func capabilities(isSecure: Bool, hasChannelBinding: Bool, hasIdentity: Bool) -> [String] {
    let offered = configuration.extensions
    var list: [String] = []
    for entry in RelayExtension.allCases where offered.contains(entry) {
      switch entry {
      case .size: list.append("SIZE \(configuration.limits.messageSize)")
      case .remoteQueue: if role == .relay { list.append(entry.rawValue) }
      case .startTLS:
        let isPossible = configuration.tls != nil && !role.isImplicitTLS
        if isPossible, !isSecure || policy.listsStartTLSInsideTLS { list.append(entry.rawValue) }
      case .authentication:
        let names = mechanisms(
          isSecure: isSecure, hasChannelBinding: hasChannelBinding, hasIdentity: hasIdentity)
        if !names.isEmpty {
          list.append("AUTH " + names.map(\.rawValue).joined(separator: " "))
        }
      case .limits:
        var limits = "LIMITS RCPTMAX=\(configuration.limits.recipients)"
        if let most = configuration.limits.transactions { limits += " MAILMAX=\(most)" }
        list.append(limits)
      case .pipelining, .verify, .enhancedStatusCodes, .eightBitMIME, .deliveryNotifications,
        .internationalized, .chunking, .binaryMIME, .help:
        list.append(entry.rawValue)
      }
    }
    return list
  }

  /// The mechanisms that a session may use as it stands.
  func mechanisms(isSecure: Bool, hasChannelBinding: Bool, hasIdentity: Bool) -> [SASLMechanism] {
    guard policy.offersAuthentication, configuration.extensions.contains(.authentication) else {
      return []
    }
    return configuration.authentication.mechanisms.filter { mechanism in
      if mechanism.bindsChannel { return hasChannelBinding }
      if mechanism == .external { return hasIdentity }
      if isSecure { return true }
      switch policy.clearTextAuthentication {
      case .none: return false
      case .withoutSecrets: return !mechanism.revealsSecret
      case .all: return true
      }
    }
  }
}

/// The scripted rules of a relay with the counts that decide when each acts.
final class RuleBook: Sendable {
  private struct State {
    var matches: [Int]
    var acts: [Int]
    var random: UInt64
  }

  let rules: [RelayRule]
  private let start: RelayInstant
  private let state: Mutex<State>

  init(rules: [RelayRule], seed: UInt64, start: RelayInstant) {
    self.rules = rules
    self.start = start
    let zeros = Array(repeating: 0, count: rules.count)
    state = Mutex(State(matches: zeros, acts: zeros, random: seed &* 0x9E37_79B9_7F4A_7C15 | 1))
  }

  /// What the first rule that matches does at this stage, nil where none does.
  ///
  /// - Parameter own: the counts of this connection, one for each rule.
  func act(at stage: RelayStage, own: inout [RuleCount], now: RelayInstant) -> RelayRule.Act? {
    if own.isEmpty { own = Array(repeating: RuleCount(), count: rules.count) }
    for index in rules.indices {
      let rule = rules[index]
      guard rule.stage == nil || rule.stage == stage, isOpen(rule.window, now) else { continue }
      guard draws(rule, index, own: &own) else { continue }
      switch rule.act {
      case .delay where rule.window != nil:
        let end = rule.window?.upperBound ?? .zero
        let left = (start + end).nanoseconds - now.nanoseconds
        return .delay(.nanoseconds(max(left, 0)))
      case .tarpit(let step, let most):
        return .delay(min(step * own[index].acts, most))
      default: return rule.act
      }
    }
    return nil
  }

  private func isOpen(_ window: Range<Duration>?, _ now: RelayInstant) -> Bool {
    guard let window else { return true }
    return window.contains(.nanoseconds(now.nanoseconds - start.nanoseconds))
  }

  /// Counts a match and says whether the rule acts on it.
  private func draws(_ rule: RelayRule, _ index: Int, own: inout [RuleCount]) -> Bool {
    own[index].matches += 1
    let isActing = state.withLock { state in
      state.matches[index] += 1
      let matches = rule.scope == .relay ? state.matches[index] : own[index].matches
      let acts = rule.scope == .relay ? state.acts[index] : own[index].acts
      guard matches > rule.after, rule.times.map({ acts < $0 }) ?? true else { return false }
      if let odds = rule.odds {
        state.random ^= state.random << 13
        state.random ^= state.random >> 7
        state.random ^= state.random << 17
        guard Double(state.random >> 11) / 9_007_199_254_740_992 < odds else { return false }
      }
      state.acts[index] += 1
      return true
    }
    if isActing { own[index].acts += 1 }
    return isActing
  }
}

/// How often a rule matched and acted on one connection.
struct RuleCount {
  var matches = 0
  var acts = 0
}

/// Which marked messages were accepted before; bounded, so that a long load cannot fill memory.
final class MarkBook: Sendable {
  private static let most = 2_000_000
  private let seen = Mutex<Set<Int>>([])

  /// Whether the mark was there before; beyond the bound nothing is remembered.
  func isDuplicate(run: String, session: Int, message: Int) -> Bool {
    var hasher = Hasher()
    hasher.combine(run)
    hasher.combine(session)
    hasher.combine(message)
    let mark = hasher.finalize()
    return seen.withLock { seen in
      if seen.contains(mark) { return true }
      if seen.count < Self.most { seen.insert(mark) }
      return false
    }
  }
}
