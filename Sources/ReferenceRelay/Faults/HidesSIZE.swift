// SPDX-License-Identifier: Apache-2.0
//
// A relay that has a limit and does not tell.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesSIZE.self }

struct HidesSIZE: RelayFault {
  static let summary = "SIZE is not on the list."
  static let breaks = ["5321-4.5.3.1.7-size-offered"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0.hasPrefix("SIZE") }
  }
}
