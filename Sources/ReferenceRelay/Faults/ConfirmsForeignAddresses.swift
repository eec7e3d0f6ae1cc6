// SPDX-License-Identifier: Apache-2.0
//
// A relay that vouches for mailboxes of other domains.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  ConfirmsForeignAddresses.self
}

struct ConfirmsForeignAddresses: RelayFault {
  static let summary = "VRFY confirms an address that the relay cannot check."
  static let breaks = ["5321-3.5.3-vrfy-252-unverifiable"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("@foreign.")
      ? .say(250, "2.1.5", "<\(command.argument)>") : .proceed
  }
}
