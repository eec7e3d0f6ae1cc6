// SPDX-License-Identifier: Apache-2.0
//
// A relay whose list of extensions nobody has held against its commands.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ListsEXPNInVain.self }

struct ListsEXPNInVain: RelayFault {
  static let summary = "EXPN is offered and answered with 502."
  static let breaks = ["5321-4.2.4-advertised-not-502"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.append("EXPN")
  }
}
