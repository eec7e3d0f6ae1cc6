// SPDX-License-Identifier: Apache-2.0
//
// A relay that took over its SMTP when it learned LMTP.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AnswersDataAsSMTPDoes.self }

struct AnswersDataAsSMTPDoes: RelayFault {
  static let summary = "LMTP's DATA without recipients is answered with 554."
  static let breaks = ["2033-4.2-data-503"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .data, context.role == .lmtp { replies.recode(503, to: 554) }
  }
}
