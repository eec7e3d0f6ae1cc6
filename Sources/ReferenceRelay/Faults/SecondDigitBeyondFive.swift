// SPDX-License-Identifier: Apache-2.0
//
// A relay with a reply code that is outside of the grammar.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SecondDigitBeyondFive.self }

struct SecondDigitBeyondFive: RelayFault {
  static let summary = "EXPN is answered with 562."
  static let breaks = [
    "5321-4.2-three-digit-code", "5321-4.2-known-codes", "5321-4.3.2-expn-codes",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .expn, replies.first?.code == 502 { replies[0].code = 562 }
  }
}
