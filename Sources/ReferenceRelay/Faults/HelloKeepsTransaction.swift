// SPDX-License-Identifier: Apache-2.0
//
// A relay for which EHLO is a mere courtesy.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelloKeepsTransaction.self }

struct HelloKeepsTransaction: RelayFault {
  static let summary = "EHLO leaves sender and recipients of an open transaction in place."
  static let breaks = ["5321-4.1.1.1-ehlo-resets-like-rset"]
  static let alsoTrips = [
    "rfc5321/4.1.4-order/name-need-not-match":
      "The second MAIL is refused as one inside a transaction."
  ]

  func adjust(_ policy: inout RelayPolicy) { policy.helloForgets = [] }
}
