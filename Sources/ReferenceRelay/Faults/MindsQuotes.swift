// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks up a local part with its quotes.

@used @section("relay_faults") private let entry: RelayFaultEntry = { MindsQuotes.self }

struct MindsQuotes: RelayFault {
  static let summary = "A known user in quotes is unknown."
  static let breaks = ["5321-4.1.2-quoted-equivalent"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<\"user") ? .say(550, "5.1.1", "No such user") : .proceed
  }
}
