// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows no answer to a list that is too long.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  HangsUpAtTooManyRecipients.self
}

struct HangsUpAtTooManyRecipients: RelayFault {
  static let summary = "One recipient too many ends the connection."
  static let breaks = ["5321-4.5.3.1.10-too-many-452"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .rcpt, replies.first?.code == 452 else { return }
    replies = [RelayReply(octets: [], code: 452)]
    replies[0].close = .orderly
  }
}
