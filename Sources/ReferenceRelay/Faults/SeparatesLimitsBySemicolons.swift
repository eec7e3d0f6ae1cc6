// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes its limits as header fields are written.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SeparatesLimitsBySemicolons.self
}

struct SeparatesLimitsBySemicolons: RelayFault {
  static let summary = "LIMITS puts a semicolon between its limits."
  static let breaks = ["9422-3-syntax"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    for index in capabilities.indices where capabilities[index].hasPrefix("LIMITS ") {
      capabilities[index] += "; MAILMAX=50"
    }
  }
}
