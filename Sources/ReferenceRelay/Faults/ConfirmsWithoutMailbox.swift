// SPDX-License-Identifier: Apache-2.0
//
// A relay that confirms users without saying whom.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ConfirmsWithoutMailbox.self }

struct ConfirmsWithoutMailbox: RelayFault {
  static let summary = "VRFY is answered with 250 and no address."
  static let breaks = ["5321-3.5.1-vrfy-250-form"]
  static let alsoTrips = ["VRFY": "What is confirmed is judged by the mailbox that is named."]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "VRFY" && command.contains("@") ? .say(250, "2.1.5", "Yes") : .proceed
  }
}
