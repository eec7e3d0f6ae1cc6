// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes its enhanced codes with two digits each.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeadingZerosInCodes.self }

struct LeadingZerosInCodes: RelayFault {
  static let summary = "The enhanced code of the reply to EXPN has leading zeros."
  static let breaks = ["3463-2-syntax"]
  static let alsoTrips = [
    "invariants/enhanced-codes-present": "A code that cannot be read is none."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .expn, replies.first?.code == 502 { replies[0].enhanced = "5.05.01" }
  }
}
