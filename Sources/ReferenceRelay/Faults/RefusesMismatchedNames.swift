// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses clients whose name in EHLO is not that of their address.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesMismatchedNames.self }

struct RefusesMismatchedNames: RelayFault {
  static let summary =
    "RCPT is refused behind an EHLO with a name that is not the name of the address."
  static let breaks = ["5321-4.1.4-ehlo-mismatch-not-refused"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RCPT" && context.clientName?.hasPrefix("does-not-match.") == true
      ? .say(550, "5.7.1", "Your name is not that of your address") : .proceed
  }
}
