// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not know DSN.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesDSN.self }

struct HidesDSN: RelayFault {
  static let summary = "DSN is not offered."
  static let breaks = ["6409-7-should-extensions"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0 == "DSN" }
  }
}
