// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells strangers that it does not relay.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToStrangers.self }

struct WrongCodeToStrangers: RelayFault {
  static let summary = "MAIL before a login is answered with 550."
  static let breaks = ["4954-6-530-required"]
  static let alsoTrips = ["MAIL": "Mail before a login gets another code."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .mail, context.isSecure { replies.recode(530, to: 550) }
  }
}
