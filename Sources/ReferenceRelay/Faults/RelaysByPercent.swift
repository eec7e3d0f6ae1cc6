// SPDX-License-Identifier: Apache-2.0
//
// A relay that still knows the percent sign of the eighties.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RelaysByPercent.self }

struct RelaysByPercent: RelayFault {
  static let summary = "An address with a percent sign is taken for delivery elsewhere."
  static let breaks = ["2505-2.1-no-open-relay"]

  func adjust(_ policy: inout RelayPolicy) { policy.percentRelays = true }
}
