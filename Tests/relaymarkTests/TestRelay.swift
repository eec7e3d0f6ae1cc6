// SPDX-License-Identifier: Apache-2.0
//
// Reference relays of a test's own making, for targets that throttle, refuse or close.

import NIOCore
import NIOPosix
import ReferenceRelay

/// Runs the body against a relay on a loopback port.
func withRelay<Result>(
  _ configuration: RelayConfiguration = RelayConfiguration(limits: .load),
  role: RelayRole = .relay, _ body: (Int, ReferenceRelay) async throws -> Result
) async throws -> Result {
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let relay = try await ReferenceRelay.start(
    configuration, listeners: [RelayListener(role: role, host: "127.0.0.1", port: 0)],
    group: group)
  do {
    let result = try await body(relay.endpoints.first?.port ?? 0, relay)
    await relay.stop()
    try await group.shutdownGracefully()
    return result
  } catch {
    await relay.stop()
    try await group.shutdownGracefully()
    throw error
  }
}
