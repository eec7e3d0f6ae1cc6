// SPDX-License-Identifier: Apache-2.0
//
// A relay that runs its queue for those who ask, and does not say so.

@used @section("relay_faults") private let entry: RelayFaultEntry = { QueuesUnlisted.self }

struct QueuesUnlisted: RelayFault {
  static let summary = "ETRN works although the EHLO reply does not list it."
  static let breaks = ["5321-4.1.1.1-ehlo-required-commands-listed"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0 == "ETRN" }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "ETRN" ? .say(250, "2.0.0", "Queue run started") : .proceed
  }
}
