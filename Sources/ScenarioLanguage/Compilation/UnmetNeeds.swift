// SPDX-License-Identifier: Apache-2.0
//
// Why a scenario says nothing of a target, or may not be run against it; asked before compiling.

extension Scenario {
  /// What the target or the environment lacks, a reason each; empty: the scenario can run.
  ///
  /// Extensions are not among them: only the target's reply to EHLO tells.
  package func unmetNeeds(
    of target: TargetProfile, environment: Environment = ProcessEnvironment.value
  ) -> [String] {
    var reasons: [String] = []
    if !applies.contains(target.role) {
      let roles = applies.map(\.rawValue).joined(separator: ", ")
      reasons.append("it applies to \(roles), the target is a \(target.role.rawValue)")
    }
    if let refusal = target.refusal(of: level) { reasons.append(refusal) }
    if needs.credentials, target.credentials == nil {
      reasons.append("the profile has no credentials")
    }
    for name in CredentialName.allCases where references[.credential(name)] != nil {
      if let credentials = target.credentials, credentials[name] == nil {
        reasons.append("the profile has no \(name.rawValue)")
      }
    }
    for name in needs.addresses where target.addresses[name] == nil {
      reasons.append("the profile has no \(name.rawValue) address")
    }
    if needs.sink, target.sink == nil { reasons.append("the profile has no sink") }
    if needs.tls, target.tls.mode == .none { reasons.append("the profile uses no TLS") }
    if needs.trust, target.tls.trust == .unverified {
      reasons.append("the profile believes any certificate")
    }
    if target.sources.count < needs.sources {
      let count = target.sources.count
      reasons.append("it needs \(needs.sources) source addresses, the profile has \(count)")
    }
    let variables = references.keys.compactMap { reference -> String? in
      guard case .environment(let name) = reference, environment(name) == nil else { return nil }
      return name
    }
    reasons += variables.sorted().map { "the environment variable \($0) is not set" }
    return reasons
  }
}

extension TargetProfile {
  /// Why probes of a level may not be run against the target; nil where they may.
  package func refusal(of wanted: AbuseLevel) -> String? {
    if wanted <= .odd { return nil }
    if wanted > level {
      return "it is of level \(wanted.rawValue); the profile allows up to \(level.rawValue)"
    }
    guard isLoopback || isAuthorised else {
      return
        "level \(wanted.rawValue) against another machine needs \"authorised\": true in the profile"
    }
    return nil
  }

  /// Why the target may not be loaded; nil where it may.
  package var refusalOfLoad: String? {
    isLoopback || isAuthorised
      ? nil : "load against another machine needs \"authorised\": true in the profile"
  }
}
