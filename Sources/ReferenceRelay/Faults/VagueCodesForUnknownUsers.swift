// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not say what is wrong with a recipient.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  VagueCodesForUnknownUsers.self
}

struct VagueCodesForUnknownUsers: RelayFault {
  static let summary = "An unknown user is refused with 5.0.0."
  static let breaks = ["3463-3.2-x-1-1-unknown-user"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt, replies.first?.enhanced == "5.1.1" { replies[0].enhanced = "5.0.0" }
  }
}
