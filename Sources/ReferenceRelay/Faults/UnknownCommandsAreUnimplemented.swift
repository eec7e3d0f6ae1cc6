// SPDX-License-Identifier: Apache-2.0
//
// A relay with one answer to all that it does not do.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  UnknownCommandsAreUnimplemented.self
}

struct UnknownCommandsAreUnimplemented: RelayFault {
  static let summary = "Unknown commands are answered with 502."
  static let breaks = ["5321-4.2.4-500-vs-502"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "FROBNICATE" ? .say(502, "5.5.1", "Command not implemented") : .proceed
  }
}
