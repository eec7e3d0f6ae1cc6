// SPDX-License-Identifier: Apache-2.0
//
// A relay whose longer texts have a code on their first and last line.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ContinuesWithoutCodes.self }

struct ContinuesWithoutCodes: RelayFault {
  static let summary = "The second line of the reply to EXPN has no code."
  static let breaks = ["5321-4.2.1-multiline-format"]
  static let alsoTrips = [
    "invariants/enhanced-codes-present":
      "The line without a reply code has no enhanced code either.",
    "invariants/reply-grammar": "A line without a code is no reply line.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .expn, replies.first?.code == 502 else { return }
    let text = "502-5.5.1 Command not implemented\r\nSee RFC 5321\r\n502 5.5.1 Sorry\r\n"
    replies = [RelayReply(octets: Array(text.utf8), code: 502)]
  }
}
