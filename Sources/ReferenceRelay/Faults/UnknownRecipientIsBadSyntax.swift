// SPDX-License-Identifier: Apache-2.0
//
// A relay with one code for everything that is wrong with an address.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  UnknownRecipientIsBadSyntax.self
}

struct UnknownRecipientIsBadSyntax: RelayFault {
  static let summary = "An unknown recipient is refused with 501."
  static let breaks = ["5321-3.3-unknown-rcpt-550"]
  static let alsoTrips = ["RCPT": "501 says that the syntax of the address was not understood."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt { replies.recode(550, to: 501) }
  }
}
