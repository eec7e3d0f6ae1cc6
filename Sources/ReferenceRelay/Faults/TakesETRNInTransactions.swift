// SPDX-License-Identifier: Apache-2.0
//
// A relay that starts its queue whenever it is asked.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesETRNInTransactions.self }

struct TakesETRNInTransactions: RelayFault {
  static let summary = "ETRN works inside a transaction."
  static let breaks = ["1985-5-etrn-in-transaction"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "ETRN", context.sender != nil else { return .proceed }
    return .say(250, "2.0.0", "Queuing started")
  }
}
