// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants NOOP without an argument.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NOOPMindsItsArgument.self }

struct NOOPMindsItsArgument: RelayFault {
  static let summary = "NOOP with an argument is a syntax error."
  static let breaks = ["5321-4.1.1.9-noop-arg-ignored"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "NOOP" && command.begins("NOOP hello")
      ? .say(501, "5.5.4", "NOOP has no argument") : .proceed
  }
}
