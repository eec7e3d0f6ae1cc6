// SPDX-License-Identifier: Apache-2.0
//
// The relay in our own process, for whoever has no other at hand.

import NIOCore
import NIOPosix
import ReferenceRelay
import ScenarioLanguage

/// Starts and stops the embedded relay around a run.
enum EmbeddedRelay {
  /// Runs the body against a relay that listens in one role on a loopback port.
  static func with<Result: Sendable>(
    role: Role, underLoad: Bool, faults: [any RelayFault] = [],
    _ body: (TargetProfile) async throws -> Result
  ) async throws -> Result {
    let limits = underLoad ? RelayLimits.load : .standard
    return try await with(roles: [role], limits: limits, faults: faults) { profiles in
      guard let profile = profiles.first else {
        throw HarnessError("the embedded relay listens nowhere")
      }
      return try await body(profile)
    }
  }

  /// Runs the body against a relay that listens in every role, a loopback port each.
  static func withAllRoles<Result: Sendable>(
    faults: [any RelayFault] = [], _ body: ([TargetProfile]) async throws -> Result
  ) async throws -> Result {
    try await with(roles: Role.allCases, limits: .standard, faults: faults, body)
  }

  /// How long a broken relay is waited for: it is here, so what has not come by then never will.
  private static let patience = Duration.seconds(5)

  private static func with<Result: Sendable>(
    roles: [Role], limits: RelayLimits, faults: [any RelayFault],
    _ body: ([TargetProfile]) async throws -> Result
  ) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let relay: ReferenceRelay
    do {
      relay = try await ReferenceRelay.start(
        RelayConfiguration(limits: limits, faults: faults),
        listeners: roles.map { RelayListener(role: RelayRole($0), host: "127.0.0.1", port: 0) },
        group: group)
    } catch {
      try await group.shutdownGracefully()
      throw HarnessError("the embedded relay cannot start: \(error)")
    }
    let profiles = zip(relay.endpoints, roles).map { endpoint, role in
      var profile = TargetProfile.embedded(
        port: endpoint.port ?? 0, role: role, authority: relay.authorityPEM)
      // It is ours, it is here, and it is for trying things out.
      profile.level = .bounded
      if !faults.isEmpty { profile.timeouts = Timeouts(all: patience) }
      return profile
    }
    do {
      let result = try await body(profiles)
      await relay.stop()
      try await group.shutdownGracefully()
      return result
    } catch {
      await relay.stop()
      try await group.shutdownGracefully()
      throw error
    }
  }
}

extension RelayRole {
  /// The relay's word for a target's role.
  init(_ role: Role) {
    self =
      switch role {
      case .relay: .relay
      case .submission: .submission
      case .submissions: .submissions
      case .lmtp: .lmtp
      }
  }
}
