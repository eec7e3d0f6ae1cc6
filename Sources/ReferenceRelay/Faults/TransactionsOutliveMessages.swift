// SPDX-License-Identifier: Apache-2.0
//
// A relay that is ready for further recipients of a message that it has taken already.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TransactionsOutliveMessages.self
}

struct TransactionsOutliveMessages: RelayFault {
  static let summary = "Sender and recipients are kept after the end of a message."
  static let breaks = ["5321-4.1.1.4-buffers-cleared-after"]
  static let alsoTrips = [
    "DATA": "The next MAIL is refused as one inside a transaction.",
    "BDAT": "The next MAIL is refused as one inside a transaction.",
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.messageForgets = .content }
}
