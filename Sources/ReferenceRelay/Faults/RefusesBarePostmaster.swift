// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants a domain behind every local part, postmaster included.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesBarePostmaster.self }

struct RefusesBarePostmaster: RelayFault {
  static let summary = "RCPT TO:<postmaster> without a domain is refused."
  static let breaks = ["5321-2.3.5-bare-postmaster", "5321-4.5.1-postmaster-case"]
  static let alsoTrips = [
    "rfc2920/3.2-groups/texts-tell-commands": "Its group has the recipient postmaster."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<postmaster>") ? .say(550, "5.1.1", "No domain, no mailbox") : .proceed
  }
}
