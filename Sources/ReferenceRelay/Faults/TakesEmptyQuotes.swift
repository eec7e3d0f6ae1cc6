// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes an empty local part in quotes.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEmptyQuotes.self }

struct TakesEmptyQuotes: RelayFault {
  static let summary = "RCPT accepts an empty local part in quotes."
  static let breaks = ["5321-4.1.2-empty-quoted"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RCPT TO:<\"\"@") ? .say(250, "2.1.5", "Ok") : .proceed
  }
}
