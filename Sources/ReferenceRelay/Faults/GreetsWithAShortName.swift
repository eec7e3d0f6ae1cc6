// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows itself by the name of its machine only.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreetsWithAShortName.self }

struct GreetsWithAShortName: RelayFault {
  static let summary = "The greeting has a name without a domain."
  static let breaks = ["5321-4.2-greeting-fqdn"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .connect, replies.first?.code == 220 { replies[0].text = "relay ESMTP" }
  }
}
