// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes 521 for a stronger 550.

@used @section("relay_faults") private let entry: RelayFaultEntry = { Says521ToStrangers.self }

struct Says521ToStrangers: RelayFault {
  static let summary = "Recipients elsewhere are refused with 521."
  static let breaks = ["7504-3-521-only-connect"]
  static let alsoTrips = [
    "rfc5321/7.9-policy/refusals-have-550": "A refused recipient is wanted to get 550."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt, context.role == .relay, replies.first == Replies.relayingDenied {
      replies.recode(550, to: 521)
    }
  }
}
