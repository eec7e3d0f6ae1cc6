// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP cannot be silent.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AnswersChunksForNobody.self }

struct AnswersChunksForNobody: RelayFault {
  static let summary = "LMTP's BDAT LAST without recipients is answered."
  static let breaks = ["2033-4.3-bdat-per-rcpt"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .bdat, context.role == .lmtp, replies.isEmpty {
      replies = [RelayReply(503, "5.5.1", "No valid recipients")]
    }
  }
}
