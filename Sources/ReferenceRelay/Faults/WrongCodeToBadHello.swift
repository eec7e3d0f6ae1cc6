// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses a bad EHLO as it refuses mail.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToBadHello.self }

struct WrongCodeToBadHello: RelayFault {
  static let summary = "EHLO with a malformed name is refused with 554."
  static let breaks = ["5321-4.1.4-ehlo-failure-codes"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("EHLO @") ? .say(554, "Go away") : .proceed
  }
}
