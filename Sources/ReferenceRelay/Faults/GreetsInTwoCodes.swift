// SPDX-License-Identifier: Apache-2.0
//
// A relay whose greeting goes on in a reply of another kind.

@used @section("relay_faults") private let entry: RelayFaultEntry = { GreetsInTwoCodes.self }

struct GreetsInTwoCodes: RelayFault {
  static let summary = "The second line of the greeting has 250."
  static let breaks = ["5321-4.2-greeting-multiline"]
  static let alsoTrips = [
    "invariants/same-code-on-every-line": "Two codes in one reply are what it does."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .connect, replies.first?.code == 220 else { return }
    let text = "220-\(context.hostName) ESMTP\r\n250-Good day\r\n220 Ready\r\n"
    replies = [RelayReply(octets: Array(text.utf8), code: 220)]
  }
}
