// SPDX-License-Identifier: Apache-2.0
//
// A submission server that claims to take no mail at all.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TurnsStrangersAway.self }

struct TurnsStrangersAway: RelayFault {
  static let summary = "Mail before a login is answered with 521."
  static let breaks = ["6409-7-no-521"]
  static let alsoTrips = ["MAIL": "Mail before a login gets another code."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .mail, context.role.isSubmission { replies.recode(530, to: 521) }
  }
}
