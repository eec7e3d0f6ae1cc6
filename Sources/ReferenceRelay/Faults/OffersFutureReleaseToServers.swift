// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers to everybody what is meant for users.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersFutureReleaseToServers.self
}

struct OffersFutureReleaseToServers: RelayFault {
  static let summary = "A relay offers FUTURERELEASE."
  static let breaks = ["4865-4.2-only-submission"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .relay, context.isSecure {
      capabilities.append("FUTURERELEASE 86400 2026-12-31T00:00:00Z")
    }
  }
}
