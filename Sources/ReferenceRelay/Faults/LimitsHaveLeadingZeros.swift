// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes all limits with as many digits.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LimitsHaveLeadingZeros.self }

struct LimitsHaveLeadingZeros: RelayFault {
  static let summary = "RCPTMAX has zeros in front."
  static let breaks = ["9422-4.1-value-syntax"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    for index in capabilities.indices where capabilities[index].hasPrefix("LIMITS RCPTMAX=") {
      capabilities[index] = "LIMITS RCPTMAX=000100"
    }
  }
}
