// SPDX-License-Identifier: Apache-2.0
//
// A relay whose replies to RCPT are all alike.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RepliesWithoutAddresses.self }

struct RepliesWithoutAddresses: RelayFault {
  static let summary = "The reply to RCPT does not show the address."
  static let breaks = ["2920-3.2-reply-text-match"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .rcpt, replies.first?.code == 250 else { return }
    replies[0].text = "OK"
  }
}
