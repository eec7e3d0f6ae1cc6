// SPDX-License-Identifier: Apache-2.0
//
// A relay that sets the parameters of its keywords in columns.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  DoublesSpacesBetweenParameters.self
}

struct DoublesSpacesBetweenParameters: RelayFault {
  static let summary = "Two spaces stand between the words of an EHLO line."
  static let breaks = ["5321-4.1.1.1-ehlo-param-syntax"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.append("X-COLUMNS  ONE  TWO")
  }
}
