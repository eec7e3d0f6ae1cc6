// SPDX-License-Identifier: Apache-2.0
//
// A relay that acknowledges NOOP with the code for a system status.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToNOOP.self }

struct WrongCodeToNOOP: RelayFault {
  static let summary = "NOOP without an argument is answered with 211."
  static let breaks = ["5321-4.1.1.9-noop-250"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "NOOP" ? .say(211, "2.0.0", "Nothing done") : .proceed
  }
}
