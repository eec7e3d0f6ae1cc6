// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses unknown users with a code of its own.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesUsersInItsOwnCode.self
}

struct RefusesUsersInItsOwnCode: RelayFault {
  static let summary = "An unknown user behind a known one is refused with 571."
  static let breaks = ["5321-4.3.2-rcpt-codes"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt, context.recipients > 0 { replies.recode(550, to: 571) }
  }
}
