// SPDX-License-Identifier: Apache-2.0
//
// A relay whose greeting is friendly but has the code of a done command.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreetsWithWrongCode.self }

struct GreetsWithWrongCode: RelayFault {
  static let summary = "The greeting has the code 250."
  static let breaks = ["5321-3.1-greeting-sent"]
  static let alsoTrips = [
    "EXPECT": "It reads the greeting itself and wants 220.",
    "CONNECT": "It reads the greeting itself and wants 220.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .connect { replies.recode(220, to: 250) }
  }
}
