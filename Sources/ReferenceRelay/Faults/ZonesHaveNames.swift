// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace names time zones.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ZonesHaveNames.self }

struct ZonesHaveNames: RelayFault {
  static let summary = "The zone in the Received field is a name."
  static let breaks = ["5321-4.4-received-numeric-zone"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace { $0.replacing("+0000", with: "GMT") }
    }
  }
}
