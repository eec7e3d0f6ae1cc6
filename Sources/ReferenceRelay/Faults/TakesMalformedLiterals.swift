// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes anything in square brackets for an address.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesMalformedLiterals.self }

struct TakesMalformedLiterals: RelayFault {
  static let summary = "MAIL accepts an address literal with an octet of 256."
  static let breaks = ["5321-4.1.3-bad-literal"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:<a@[256.") else { return .proceed }
    return .replace(line: Array("MAIL FROM:<a@[192.0.2.1]>".utf8))
  }
}
