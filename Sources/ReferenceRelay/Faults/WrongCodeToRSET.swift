// SPDX-License-Identifier: Apache-2.0
//
// A relay that acknowledges RSET with the code for a system status.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToRSET.self }

struct WrongCodeToRSET: RelayFault {
  static let summary = "RSET is answered with 211."
  static let breaks = ["5321-4.1.1.5-rset-250"]
  static let alsoTrips = ["RSET": "RSET is on the way, with another code."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rset { replies.recode(250, to: 211) }
  }
}
