// SPDX-License-Identifier: Apache-2.0
//
// A relay for which help that it does not have is a success like any other.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelpIsAPlainSuccess.self }

struct HelpIsAPlainSuccess: RelayFault {
  static let summary = "HELP with the name of an unknown command is answered with 250."
  static let breaks = ["5321-4.3.2-help-codes"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.text == "HELP FROBNICATE" ? .say(250, "2.0.0", "Nothing is known of that") : .proceed
  }
}
