// SPDX-License-Identifier: Apache-2.0
//
// The server under test: the one that the command line names, or the embedded relay, started for
// the time of one run.

import Conformance
import DialogueEngine
import NIOPosix
import ReferenceRelay
import RunRecord
import SMTPTransport
import SMTPWire
import ScenarioLanguage
import TLSEngine

/// A target as options leave it.
struct Target: Sendable {
  var profile: TargetProfile
  /// Whether it runs in this process.
  var isEmbedded: Bool
  /// Where its deliveries arrive, while somebody listens there.
  var sink: SinkDesk?

  /// Runs the body against the target that the options name.
  ///
  /// - Parameters:
  ///   - roles: What would fit the embedded relay, the best first.
  ///   - underLoad: Lifts the embedded relay's protections.
  static func with<Result: Sendable>(
    _ options: TargetOptions, for roles: [Role], underLoad: Bool,
    _ body: (Target) async throws -> Result
  ) async throws -> Result {
    if let name = options.target {
      let profile: TargetProfile
      do {
        profile = try TargetProfile.parse(name)
      } catch {
        throw UsageError(error.problems.map(\.description))
      }
      return try await body(Target(profile: options.applied(to: profile), isEmbedded: false))
    }
    let role =
      options.role ?? (options.tls == .implicit ? .submissions : roles.first ?? .relay)
    return try await EmbeddedRelay.with(
      role: role, underLoad: underLoad, faults: try FaultNames.faults(options.fault)
    ) { profile, sink in
      try await body(
        Target(profile: options.applied(to: profile), isEmbedded: true, sink: sink))
    }
  }

  /// The servers that the options name, for a load over several.
  static func all(_ options: TargetOptions) throws -> [Target] {
    try options.targets.map { name in
      Target(profile: options.applied(to: try TargetProfile.named(name)), isEmbedded: false)
    }
  }

  /// Everything that sessions against the target share.
  func settings(
    _ mode: DialogueSettings.Mode, run: RunFrame, feed: Feed? = nil
  ) async throws -> SessionSettings {
    do {
      return try await SessionSettings.make(
        for: profile, mode: mode, run: run.id, seed: run.seed, feed: feed)
    } catch let error as TransportError {
      throw HarnessError(error.description)
    }
  }

  /// What a record says of the target, as far as it was seen.
  func facts(greeting: Reply? = nil, capabilities: Capabilities? = nil, tls: TLSFacts? = nil)
    -> TargetFacts
  {
    let host =
      switch profile.endpoint {
      case .tcp(let host, _): host
      case .unix(let path): path
      }
    return TargetFacts(
      name: profile.name, host: host, port: profile.port, role: profile.role.rawValue,
      greeting: greeting?.oneLine, capabilities: capabilities?.lines ?? [],
      tls: tls.map(TLSRecord.init(of:)))
  }
}

extension TargetOptions {
  /// - Throws: `UsageError` for an option that does nothing to the target of a run.
  func check(against profile: TargetProfile) throws {
    if noResumption || resumption != nil, profile.tls.mode == .none {
      throw UsageError("--resumption: no TLS is used with \(profile.name)")
    }
  }

  /// The profile with what the command line puts in its place.
  func applied(to profile: TargetProfile) -> TargetProfile {
    var profile = profile
    switch tls {
    case .starttls?: profile.tls.mode = .starttls
    case .implicit?: profile.tls.mode = .implicit
    case TLSOverride.none?: profile.tls.mode = .none
    case nil: break
    }
    if let ca { profile.tls.trust = .file(ca) }
    if insecure { profile.tls.trust = .unverified }
    if let wanted = noResumption ? .off : resumption?.value { profile.tls.resumption = wanted }
    if let limit = timeout?.value { profile.timeouts = Timeouts(all: limit) }
    return profile
  }
}

extension Timeouts {
  /// One limit for every wait; the goodbye keeps its own where that is shorter.
  init(all limit: Duration) {
    self.init()
    connect = limit
    tls = limit
    greeting = limit
    ehlo = limit
    auth = limit
    mail = limit
    rcpt = limit
    data = limit
    block = limit
    body = limit
    quit = min(quit, limit)
    other = limit
  }
}

extension TLSRecord {
  /// What a handshake has shown, in the words of the record.
  init(of facts: TLSFacts) {
    let own = facts.chain.first
    self.init(
      version: facts.version.rawValue, cipher: facts.cipher, group: facts.group,
      resumed: facts.resumed, subject: own?.subject, issuer: own?.issuer, names: own?.names ?? [],
      notBefore: own.map { Timestamp.text(secondsSince1970: $0.notBefore) },
      notAfter: own.map { Timestamp.text(secondsSince1970: $0.notAfter) },
      verification: facts.chain.isEmpty ? "no certificate was shown" : facts.verification)
  }
}
