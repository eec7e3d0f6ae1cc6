// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers ETRN as other commands for information.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToETRN.self }

struct WrongCodeToETRN: RelayFault {
  static let summary = "ETRN is answered with 211."
  static let breaks = ["1985-5-etrn-codes"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .etrn { replies.recode(251, to: 211) }
  }
}
