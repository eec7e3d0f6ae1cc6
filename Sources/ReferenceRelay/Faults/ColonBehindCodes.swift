// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes some of its enhanced codes for people.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ColonBehindCodes.self }

struct ColonBehindCodes: RelayFault {
  static let summary = "The enhanced code of the reply to EXPN ends in a colon."
  static let breaks = ["2034-3-followed-by-space"]
  static let alsoTrips = [
    "invariants/enhanced-codes-present": "A code that cannot be read is none."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .expn, replies.first?.code == 502 else { return }
    replies = [RelayReply(502, nil, "5.5.1: Command not implemented")]
  }
}
