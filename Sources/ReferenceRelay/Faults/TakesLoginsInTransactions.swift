// SPDX-License-Identifier: Apache-2.0
//
// A relay that lets the client change its mind about itself in the middle.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TakesLoginsInTransactions.self
}

struct TakesLoginsInTransactions: RelayFault {
  static let summary = "AUTH inside a transaction is answered with 334."
  static let breaks = ["4954-4-auth-in-transaction-503"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "AUTH", context.sender != nil else { return .proceed }
    return .say(334, "")
  }
}
