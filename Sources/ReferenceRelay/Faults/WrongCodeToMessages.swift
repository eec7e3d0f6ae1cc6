// SPDX-License-Identifier: Apache-2.0
//
// A relay that accepts messages with the code for a recipient elsewhere.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToMessages.self }

struct WrongCodeToMessages: RelayFault {
  static let summary = "An accepted message is answered with 251."
  static let breaks = ["5321-4.1.1.4-ok-on-success"]
  static let alsoTrips = [
    "rfc3030/2-bdat/each-chunk-is-acknowledged":
      "The last chunk ends the message, and 250 is wanted."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .message { replies.recode(250, to: 251) }
  }
}
