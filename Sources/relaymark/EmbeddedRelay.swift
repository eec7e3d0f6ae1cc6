// SPDX-License-Identifier: Apache-2.0
//
// The relay in our own process, for whoever has no other at hand.

import Conformance
import NIOCore
import NIOPosix
import ReferenceRelay
import ScenarioLanguage

/// Starts and stops the embedded relay around a run.
enum EmbeddedRelay {
  /// Runs the body against a relay that listens in one role on a loopback port.
  ///
  /// Under load it delivers nowhere; else to a sink.
  static func with<Result: Sendable>(
    role: Role, underLoad: Bool, faults: [any RelayFault] = [],
    _ body: (TargetProfile, SinkDesk?) async throws -> Result
  ) async throws -> Result {
    func first(_ profiles: [TargetProfile], _ desk: SinkDesk?) async throws -> Result {
      guard let profile = profiles.first else {
        throw HarnessError("the embedded relay listens nowhere")
      }
      return try await body(profile, desk)
    }
    if underLoad {
      return try await grouped {
        try await with(roles: [role], limits: .load, faults: faults, sink: nil, on: $0, first)
      }
    }
    return try await withSink(roles: [role], faults: faults, first)
  }

  /// Runs the body against a relay that listens in every role, a loopback port each.
  static func withAllRoles<Result: Sendable>(
    faults: [any RelayFault] = [], _ body: ([TargetProfile], SinkDesk?) async throws -> Result
  ) async throws -> Result {
    try await withSink(roles: Role.allCases, faults: faults, body)
  }

  /// How long a broken relay is waited for: it is here, so what has not come by then never will.
  private static let patience = Duration.seconds(5)

  /// How long it may put off a message: longer than its schedule of retries takes.
  private static let window = Duration.seconds(8)

  /// How long a second copy is waited for: both ends are in this process.
  private static let settling = Duration.milliseconds(200)

  private static func withSink<Result: Sendable>(
    roles: [Role], faults: [any RelayFault],
    _ body: ([TargetProfile], SinkDesk?) async throws -> Result
  ) async throws -> Result {
    try await grouped { group in
      let sink = try await Sink.start(
        at: TargetProfile.SinkAddress(host: "127.0.0.1", port: 0),
        settling: settling, on: group)
      do {
        let result = try await with(
          roles: roles, limits: .standard, faults: faults, sink: sink, on: group, body)
        await sink.stop()
        return result
      } catch {
        await sink.stop()
        throw error
      }
    }
  }

  /// Runs the body with an event loop of its own.
  private static func grouped<Result: Sendable>(
    _ body: (any EventLoopGroup) async throws -> Result
  ) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let result = try await body(group)
      try await group.shutdownGracefully()
      return result
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
  }

  private static func with<Result: Sendable>(
    roles: [Role], limits: RelayLimits, faults: [any RelayFault], sink: Sink?,
    on group: any EventLoopGroup, _ body: ([TargetProfile], SinkDesk?) async throws -> Result
  ) async throws -> Result {
    var configuration = RelayConfiguration(limits: limits, faults: faults)
    configuration.nextHop = sink.map { RelayNextHop(host: $0.address.host, port: $0.address.port) }
    let relay: ReferenceRelay
    do {
      relay = try await ReferenceRelay.start(
        configuration,
        listeners: roles.map { RelayListener(role: RelayRole($0), host: "127.0.0.1", port: 0) },
        group: group)
    } catch {
      throw HarnessError("the embedded relay cannot start: \(error)")
    }
    let profiles = zip(relay.endpoints, roles).map { endpoint, role in
      var profile = TargetProfile.embedded(
        port: endpoint.port ?? 0, role: role, authority: relay.authorityPEM)
      // It is ours, it is here, and it is for trying things out.
      profile.level = .bounded
      if !faults.isEmpty { profile.timeouts = Timeouts(all: patience) }
      if let sink { profile.connect(sink: sink.address, window: window) }
      return profile
    }
    do {
      let result = try await body(profiles, sink?.desk)
      await relay.stop()
      return result
    } catch {
      await relay.stop()
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
