// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes blanks at the end of a line for an argument.

@used @section("relay_faults") private let entry: RelayFaultEntry = { MindsTrailingBlanks.self }

struct MindsTrailingBlanks: RelayFault {
  static let summary = "A command with blanks at its end is a syntax error."
  static let breaks = ["5321-4.1.1-trailing-space"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.line.last == UInt8(ascii: " ") ? .say(501, "5.5.4", "Syntax error") : .proceed
  }
}
