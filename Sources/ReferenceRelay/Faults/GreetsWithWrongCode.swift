// SPDX-License-Identifier: Apache-2.0
//
// A relay whose greeting is friendly but has the code of a done command.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreetsWithWrongCode.self }

struct GreetsWithWrongCode: RelayFault {
  static let summary = "The greeting has the code 250."
  static let breaks = ["5321-3.1-greeting-sent"]
  static let alsoTrips = [
    "rfc5321/2.3.8-lines/replies-end-in-crlf": "It reads the greeting itself and wants 220.",
    "rfc5321/4.1.1.9-noop/ignores-its-argument": "It reads the greeting itself and wants 220.",
    "rfc6409/7-extensions/no-521": "It reads the greeting itself and wants 220.",
    "rfc8314/3.3-implicit-tls/greets-inside-tls": "It reads the greeting itself and wants 220.",
    "rfc8314/3.4-closing/notice-is-not-needed": "It reads the greeting itself and wants 220.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .connect { replies.recode(220, to: 250) }
  }
}
