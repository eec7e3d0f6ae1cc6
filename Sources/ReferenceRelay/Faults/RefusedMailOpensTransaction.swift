// SPDX-License-Identifier: Apache-2.0
//
// A relay that goes on to recipients although it has refused the sender.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusedMailOpensTransaction.self
}

struct RefusedMailOpensTransaction: RelayFault {
  static let summary = "RCPT works behind a MAIL command that was refused."
  static let breaks = ["5321-3.3-rcpt-after-failed-mail", "5321-4.1.4-bad-mail-501-state"]
  static let alsoTrips = ["MAIL": "The MAIL behind a refused one is refused as well."]

  func adjust(_ policy: inout RelayPolicy) { policy.refusedMailOpensTransaction = true }
}
