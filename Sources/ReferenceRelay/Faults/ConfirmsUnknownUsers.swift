// SPDX-License-Identifier: Apache-2.0
//
// A relay whose VRFY says yes to every name of its domain.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ConfirmsUnknownUsers.self }

struct ConfirmsUnknownUsers: RelayFault {
  static let summary = "VRFY confirms users who do not exist."
  static let breaks = ["5321-3.5.3-vrfy-no-false-250"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("nobody")
      ? .say(250, "2.1.5", "<\(command.argument)>") : .proceed
  }
}
