// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes what does not fit into its buffer for the next command.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LongResponsesSpillOver.self }

struct LongResponsesSpillOver: RelayFault {
  static let summary = "The end of a response that is too long is executed as a command."
  static let breaks = ["4954-4-too-long-500", "5321-4.2-one-reply"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .auth, replies.first == Replies.loginLineTooLong else { return }
    replies.append(RelayReply(500, "5.5.1", "Unknown command"))
  }
}
