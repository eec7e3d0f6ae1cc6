// SPDX-License-Identifier: Apache-2.0
//
// A relay whose enhanced codes come from another list than its replies.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TemporaryCodesForUnknownCommands.self
}

struct TemporaryCodesForUnknownCommands: RelayFault {
  static let summary = "The reply 500 has an enhanced code of the class 4."
  static let breaks = ["2034-4-class-agrees"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if replies.first?.code == 500 { replies[0].enhanced = "4.5.1" }
  }
}
