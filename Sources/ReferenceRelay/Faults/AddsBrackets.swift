// SPDX-License-Identifier: Apache-2.0
//
// A relay that mends a path without brackets.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AddsBrackets.self }

struct AddsBrackets: RelayFault {
  static let summary = "MAIL takes a path without angle brackets."
  static let breaks = ["5321-4.1.1.2-missing-angle"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:"), !command.contains("<") else { return .proceed }
    return .replace(line: Array("MAIL FROM:<\(command.argument.dropFirst(5))>".utf8))
  }
}
