// SPDX-License-Identifier: Apache-2.0
//
// A relay that has made up enhanced codes for its own purposes.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CodesOfItsOwn.self }

struct CodesOfItsOwn: RelayFault {
  static let summary = "The reply to EXPN has the enhanced code 5.9.1."
  static let breaks = ["3463-2-registered"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .expn, replies.first?.code == 502 { replies[0].enhanced = "5.9.1" }
  }
}
