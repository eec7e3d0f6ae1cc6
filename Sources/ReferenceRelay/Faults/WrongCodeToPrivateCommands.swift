// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses private commands as a matter of policy.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  WrongCodeToPrivateCommands.self
}

struct WrongCodeToPrivateCommands: RelayFault {
  static let summary = "An unknown command that begins with X is refused with 550."
  static let breaks = ["5321-4.1.5-x-unknown-500"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb.hasPrefix("XUNKNOWN") ? .say(550, "5.7.1", "Not for you") : .proceed
  }
}
