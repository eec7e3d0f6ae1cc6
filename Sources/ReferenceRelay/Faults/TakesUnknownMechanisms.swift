// SPDX-License-Identifier: Apache-2.0
//
// A relay that tries PLAIN where it does not know better.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesUnknownMechanisms.self }

struct TakesUnknownMechanisms: RelayFault {
  static let summary = "An unknown mechanism is taken for PLAIN."
  static let breaks = ["4954-4-unknown-mech-504"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("AUTH X-") else { return .proceed }
    return .replace(line: Array("AUTH PLAIN".utf8))
  }
}
