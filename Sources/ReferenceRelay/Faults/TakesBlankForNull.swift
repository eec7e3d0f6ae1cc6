// SPDX-License-Identifier: Apache-2.0
//
// A relay that trims what stands between the brackets.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesBlankForNull.self }

struct TakesBlankForNull: RelayFault {
  static let summary = "MAIL FROM:< > is taken for the null sender."
  static let breaks = ["5321-4.1.1.2-null-sender-space"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.text == "MAIL FROM:< >" else { return .proceed }
    return .replace(line: Array("MAIL FROM:<>".utf8))
  }
}
