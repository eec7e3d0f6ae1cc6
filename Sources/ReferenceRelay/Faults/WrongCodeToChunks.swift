// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells its client after each chunk to go on.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToChunks.self }

struct WrongCodeToChunks: RelayFault {
  static let summary = "A chunk that is not the last is answered with 251."
  static let breaks = ["3030-2-bdat-250-each"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .bdat { replies.recode(250, to: 251) }
  }
}
