// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP ends messages as SMTP does.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AnswersMessagesOnce.self }

struct AnswersMessagesOnce: RelayFault {
  static let summary =
    "LMTP's end of a message behind DATA is answered once, however many recipients there are."
  static let breaks = ["2033-4.2-per-rcpt-replies", "2033-4.2-duplicate-rcpt"]

  private var isData = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.verb == "DATA" { isData = true }
    if command.verb == "BDAT" { isData = false }
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .message, context.role == .lmtp, isData { replies = Array(replies.prefix(1)) }
  }
}
