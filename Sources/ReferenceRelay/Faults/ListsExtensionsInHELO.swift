// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers HELO as it answers EHLO.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ListsExtensionsInHELO.self }

struct ListsExtensionsInHELO: RelayFault {
  static let summary = "The reply to HELO lists extensions."
  static let breaks = ["5321-3.2-helo-no-ehlo-response"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .helo, replies.first?.isPositive == true else { return }
    replies[0].more += ["PIPELINING", "SIZE 1000000"]
  }
}
