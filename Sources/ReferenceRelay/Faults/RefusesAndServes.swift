// SPDX-License-Identifier: Apache-2.0
//
// A relay that greets with 554 and then works as if nothing had been said.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesAndServes.self }

struct RefusesAndServes: RelayFault {
  static let summary =
    "Behind a greeting with 554 commands are served instead of answered with 503."
  static let breaks = ["5321-3.1-554-intermediate-503"]
  static let alsoTrips = [
    "EXPECT": "It reads the greeting itself and wants 220.",
    "CONNECT": "It reads the greeting itself and wants 220.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .connect else { return }
    replies = [RelayReply(554, nil, "\(context.hostName) takes no mail from you")]
  }
}
