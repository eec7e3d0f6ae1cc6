// SPDX-License-Identifier: Apache-2.0
//
// A relay whose operator has removed its name from the greeting.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreetsWithoutAName.self }

struct GreetsWithoutAName: RelayFault {
  static let summary = "The greeting begins with ESMTP."
  static let breaks = ["5321-4.2-greeting-domain"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .connect, replies.first?.code == 220 { replies[0].text = "ESMTP ready" }
  }
}
