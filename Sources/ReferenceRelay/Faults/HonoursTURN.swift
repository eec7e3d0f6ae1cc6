// SPDX-License-Identifier: Apache-2.0
//
// A relay that still does what RFC 821 called TURN, although no extension offers it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HonoursTURN.self }

struct HonoursTURN: RelayFault {
  static let summary = "TURN works although no extension on offer has it."
  static let breaks = ["5321-2.2.2-unregistered-verb"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "TURN" ? .say(250, "2.0.0", "Turning around") : .proceed
  }
}
