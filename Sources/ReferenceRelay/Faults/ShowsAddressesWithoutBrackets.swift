// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers VRFY with a bare address.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  ShowsAddressesWithoutBrackets.self
}

struct ShowsAddressesWithoutBrackets: RelayFault {
  static let summary = "VRFY shows an address without angle brackets."
  static let breaks = ["5321-3.5.2-vrfy-angle"]
  static let alsoTrips = ["VRFY": "What is confirmed is judged by the mailbox that is named."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("@")
      ? .say(250, "2.1.5", "\(command.argument)") : .proceed
  }
}
