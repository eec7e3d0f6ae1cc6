// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks at the first host of a route alone.

@used @section("relay_faults") private let entry: RelayFaultEntry = { FollowsSourceRoutes.self }

struct FollowsSourceRoutes: RelayFault {
  static let summary = "A route that begins at a local domain may lead anywhere."
  static let breaks = ["2505-2.1-no-open-relay"]

  func adjust(_ policy: inout RelayPolicy) { policy.followsSourceRoutes = true }
}
