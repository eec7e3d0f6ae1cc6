// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants a message finished before the client leaves.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  QUITRefusedInTransaction.self
}

struct QUITRefusedInTransaction: RelayFault {
  static let summary = "QUIT inside a transaction is refused with 503."
  static let breaks = ["5321-4.1.1.10-quit-anytime"]
  static let alsoTrips = [
    "rfc2920/3.2-groups/commands-behind-the-dot": "Its group ends with QUIT inside a transaction."
  ]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "QUIT" && context.recipients > 0
      ? .say(503, "5.5.1", "Finish your message first") : .proceed
  }
}
