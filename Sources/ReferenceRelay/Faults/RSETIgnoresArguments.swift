// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks at the verb RSET and no further.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RSETIgnoresArguments.self }

struct RSETIgnoresArguments: RelayFault {
  static let summary = "RSET with an argument works."
  static let breaks = ["5321-4.1.1-data-rset-quit-args"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("RSET ") ? .replace(line: Array("RSET".utf8)) : .proceed
  }
}
