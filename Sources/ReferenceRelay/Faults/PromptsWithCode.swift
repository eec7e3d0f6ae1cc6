// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts an enhanced code on its prompt for the message.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PromptsWithCode.self }

struct PromptsWithCode: RelayFault {
  static let summary = "The reply 354 begins with 2.0.0."
  static let breaks = ["2034-4-codes-not-on-3yz"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .data, replies.first?.code == 354 { replies[0].enhanced = "2.0.0" }
  }
}
