// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not look at the name in EHLO.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEightBitNames.self }

struct TakesEightBitNames: RelayFault {
  static let summary = "EHLO with octets beyond ASCII is accepted."
  static let breaks = ["5321-2.4-8bit-envelope-rejected"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "EHLO" && command.line.contains { $0 > 0x7F }
      ? .replace(line: Array("EHLO client.example".utf8)) : .proceed
  }
}
