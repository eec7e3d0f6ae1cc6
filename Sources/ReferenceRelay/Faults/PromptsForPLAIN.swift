// SPDX-License-Identifier: Apache-2.0
//
// A relay that asks for the response to PLAIN in words.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PromptsForPLAIN.self }

struct PromptsForPLAIN: RelayFault {
  static let summary = "An empty challenge has a text."
  static let breaks = ["4954-4-empty-challenge"]
  static let alsoTrips = [
    "rfc4954/4-auth/plain-on-request": "The prompt is in the challenge that it wants empty."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth, replies.first?.code == 334, replies.first?.text.isEmpty == true {
      replies[0].text = "Go on."
    }
  }
}
