// SPDX-License-Identifier: Apache-2.0
//
// A relay that forwards and does not say where.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ForwardsWithoutAddress.self }

struct ForwardsWithoutAddress: RelayFault {
  static let summary = "RCPT is answered with 251 and no address."
  static let breaks = ["5321-3.4-251-forward"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt { replies.recode(250, to: 251) }
  }
}
