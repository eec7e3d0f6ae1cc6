// SPDX-License-Identifier: Apache-2.0
//
// A relay that finds a better code while it speaks.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ChangesItsCode.self }

struct ChangesItsCode: RelayFault {
  static let summary = "The lines of the reply to EXPN have 550 and 502."
  static let breaks = ["5321-4.2.1-multiline-same-code"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .expn, replies.first?.code == 502 else { return }
    let text = "550-5.5.1 No such list\r\n502 5.5.1 Command not implemented\r\n"
    replies = [RelayReply(octets: Array(text.utf8), code: 502)]
  }
}
