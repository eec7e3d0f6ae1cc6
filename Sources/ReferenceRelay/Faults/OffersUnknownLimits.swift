// SPDX-License-Identifier: Apache-2.0
//
// A relay that has invented a limit.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersUnknownLimits.self }

struct OffersUnknownLimits: RelayFault {
  static let summary = "LIMITS names a limit that is not registered."
  static let breaks = ["9422-3.1-registered"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    for index in capabilities.indices where capabilities[index].hasPrefix("LIMITS ") {
      capabilities[index] += " NOOPMAX=50"
    }
  }
}
