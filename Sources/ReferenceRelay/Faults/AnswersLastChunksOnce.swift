// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP ends chunks as SMTP does.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AnswersLastChunksOnce.self }

struct AnswersLastChunksOnce: RelayFault {
  static let summary = "LMTP's BDAT LAST is answered once, however many recipients there are."
  static let breaks = ["2033-4.3-bdat-per-rcpt"]

  private var isChunk = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.verb == "BDAT" { isChunk = true }
    if command.verb == "DATA" { isChunk = false }
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .message, context.role == .lmtp, isChunk { replies = Array(replies.prefix(1)) }
  }
}
