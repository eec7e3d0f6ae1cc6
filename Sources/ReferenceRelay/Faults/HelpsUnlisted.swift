// SPDX-License-Identifier: Apache-2.0
//
// A relay that helps and does not say so, as most do.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelpsUnlisted.self }

struct HelpsUnlisted: RelayFault {
  static let summary = "HELP works although the EHLO reply does not list it."
  static let breaks = ["5321-4.1.1.1-ehlo-required-commands-listed"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0 == "HELP" }
  }
}
