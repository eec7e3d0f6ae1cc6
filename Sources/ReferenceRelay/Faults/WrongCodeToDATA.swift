// SPDX-License-Identifier: Apache-2.0
//
// A relay that asks for content with a code that is nearly right.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToDATA.self }

struct WrongCodeToDATA: RelayFault {
  static let summary = "DATA is answered with 350."
  static let breaks = ["5321-3.3-data-354"]
  static let alsoTrips = [
    "DATA": "Without 354 no message can be sent.",
    "invariants/one-reply-per-command":
      "Content behind another code is read as commands, each of which gets a reply.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .data { replies.recode(354, to: 350) }
  }
}
