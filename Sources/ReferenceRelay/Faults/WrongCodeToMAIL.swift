// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes a sender with the code for what it could not verify.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToMAIL.self }

struct WrongCodeToMAIL: RelayFault {
  static let summary = "A good MAIL command is answered with 252."
  static let breaks = ["5321-3.3-mail-accept-250"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .mail, context.sender?.isEmpty == false { replies.recode(250, to: 252) }
  }
}
