// SPDX-License-Identifier: Apache-2.0
//
// A relay that repeats the address that it refuses, whatever the client can read.

@used @section("relay_faults") private let entry: RelayFaultEntry = { EchoesUTF8.self }

struct EchoesUTF8: RelayFault {
  static let summary = "The refusal of a UTF-8 address without SMTPUTF8 shows the address."
  static let breaks = ["6531-3.7.4.2-no-utf8-in-replies", "5321-4.2-reply-text-ascii"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .mail || stage == .rcpt, replies.first?.enhanced == "5.6.7" else { return }
    replies[0].text += ": üser"
  }
}
