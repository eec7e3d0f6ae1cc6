// SPDX-License-Identifier: Apache-2.0
//
// A relay for which an unknown mechanism is a mistake in the syntax.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  WrongCodeToUnknownMechanisms.self
}

struct WrongCodeToUnknownMechanisms: RelayFault {
  static let summary = "An unknown mechanism is refused with 501."
  static let breaks = ["5321-4.2.1-504-param"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "AUTH NOSUCHMECHANISM" ? .say(501, "5.5.4", "No such mechanism") : .proceed
  }
}
