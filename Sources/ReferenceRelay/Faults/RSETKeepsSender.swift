// SPDX-License-Identifier: Apache-2.0
//
// A relay whose RSET empties the list of recipients only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RSETKeepsSender.self }

struct RSETKeepsSender: RelayFault {
  static let summary = "RSET leaves the sender in place."
  static let breaks = ["5321-4.1.1.5-rset-clears"]
  static let alsoTrips = ["RSET": "The MAIL that follows is refused as one inside a transaction."]

  func adjust(_ policy: inout RelayPolicy) { policy.resetForgets = [.recipients, .content] }
}
