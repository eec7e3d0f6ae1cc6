// SPDX-License-Identifier: Apache-2.0
//
// A relay that speaks to its users in their own language.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RepliesInAnotherLanguage.self
}

struct RepliesInAnotherLanguage: RelayFault {
  static let summary = "The reply to EXPN holds letters that are not ASCII."
  static let breaks = ["5321-4.2-reply-text-ascii"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .expn, replies.first?.code == 502 {
      replies[0].text = "Befehl nicht verf\u{FC}gbar"
    }
  }
}
