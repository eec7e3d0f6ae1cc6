// SPDX-License-Identifier: Apache-2.0
//
// A relay that forwards and does not say where.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ForwardsWithoutAddress.self }

struct ForwardsWithoutAddress: RelayFault {
  static let summary = "RCPT is answered with 251 and no address."
  static let breaks = ["5321-3.4-251-forward"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .rcpt, replies.first?.code == 250 else { return }
    replies.recode(250, to: 251)
    replies[0].text = "User not local, will forward"
  }
}
