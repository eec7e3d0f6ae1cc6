// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes one of its replies by hand.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ColonBehindReplyCodes.self }

struct ColonBehindReplyCodes: RelayFault {
  static let summary = "The text of the reply to EXPN follows a colon."
  static let breaks = ["5321-4.2-reply-sp-text"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .expn, replies.first?.code == 502 else { return }
    replies = [RelayReply(octets: Array("502:5.5.1 Command not implemented\r\n".utf8), code: 502)]
  }
}
