// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows STARTTLS and does not say so.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesStarttls.self }

struct HidesStarttls: RelayFault {
  static let summary = "STARTTLS is not offered, and works."
  static let breaks = ["3207-4-unadvertised-starttls"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0 == "STARTTLS" }
  }
}
