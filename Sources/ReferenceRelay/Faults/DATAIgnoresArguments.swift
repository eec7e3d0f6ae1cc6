// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks at the verb DATA and no further.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DATAIgnoresArguments.self }

struct DATAIgnoresArguments: RelayFault {
  static let summary = "DATA with an argument works."
  static let breaks = ["5321-4.1.1-data-rset-quit-args"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.begins("DATA ") ? .replace(line: Array("DATA".utf8)) : .proceed
  }
}
