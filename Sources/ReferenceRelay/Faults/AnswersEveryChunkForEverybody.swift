// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP takes every chunk for the last.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  AnswersEveryChunkForEverybody.self
}

struct AnswersEveryChunkForEverybody: RelayFault {
  static let summary = "LMTP's BDAT without LAST is answered once for every recipient."
  static let breaks = ["2033-4.3-bdat-nonlast-one"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .bdat, context.role == .lmtp, replies.first?.code == 250 else { return }
    replies = [RelayReply](repeating: replies[0], count: max(context.recipients, 1))
  }
}
