// SPDX-License-Identifier: Apache-2.0
//
// A relay that asks for more where it should say that a message has failed.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  LeavesFailedMessagesUnanswered.self
}

struct LeavesFailedMessagesUnanswered: RelayFault {
  static let summary = "A message that is refused is answered with 3yz."
  static let breaks = ["5321-4.1.1.4-fail-on-failure"]
  static let alsoTrips = ["DATA": "Content that is refused gets no reply."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .message { replies.recode(554, to: 354) }
  }
}
