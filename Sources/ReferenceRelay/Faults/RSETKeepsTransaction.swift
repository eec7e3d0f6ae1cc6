// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers RSET and forgets nothing.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RSETKeepsTransaction.self }

struct RSETKeepsTransaction: RelayFault {
  static let summary = "RSET leaves sender and recipients in place."
  static let breaks = ["5321-4.1.1.5-rset-clears"]
  static let alsoTrips = ["RSET": "The MAIL that follows is refused as one inside a transaction."]

  func adjust(_ policy: inout RelayPolicy) { policy.resetForgets = [] }
}
