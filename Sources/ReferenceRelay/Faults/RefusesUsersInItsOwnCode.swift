// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses unknown users with a code of its own.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesUsersInItsOwnCode.self
}

struct RefusesUsersInItsOwnCode: RelayFault {
  static let summary = "An unknown user is refused with 571."
  static let breaks = ["5321-4.3.2-rcpt-codes"]
  static let alsoTrips = [
    "rfc5321/3.3-transaction/unknown-recipient": "An unknown user is wanted to get 550.",
    "rfc5321/7.9-policy/refusals-have-550": "A refused recipient is wanted to get 550.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt { replies.recode(550, to: 571) }
  }
}
