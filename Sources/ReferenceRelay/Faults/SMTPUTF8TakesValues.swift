// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks at the beginning of a parameter only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SMTPUTF8TakesValues.self }

struct SMTPUTF8TakesValues: RelayFault {
  static let summary = "SMTPUTF8=1 is taken for SMTPUTF8."
  static let breaks = ["6531-3.4-param-value-refused"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.begins("MAIL FROM:"), command.text.hasSuffix(" SMTPUTF8=1") else {
      return .proceed
    }
    return .replace(line: command.line.dropLast(2))
  }
}
