// SPDX-License-Identifier: Apache-2.0
//
// A relay that expects letters, digits, dots and hyphens in a local part.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesAtextSpecials.self }

struct RefusesAtextSpecials: RelayFault {
  static let summary = "A local part with special characters of atext is a syntax error."
  static let breaks = ["5321-4.1.2-atext-specials"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("MAIL FROM:") && command.contains("#")
      ? .say(501, "5.1.7", "Bad sender address syntax") : .proceed
  }
}
