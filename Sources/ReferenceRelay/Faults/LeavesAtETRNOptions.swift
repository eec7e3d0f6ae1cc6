// SPDX-License-Identifier: Apache-2.0
//
// A relay whose ETRN falls over the options that it does not know.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeavesAtETRNOptions.self }

struct LeavesAtETRNOptions: RelayFault {
  static let summary = "ETRN with an at sign ends the connection."
  static let breaks = ["1985-5.3-etrn-at"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "ETRN", command.argument.hasPrefix("@") else { return .proceed }
    return .answerAndClose([], .orderly)
  }
}
