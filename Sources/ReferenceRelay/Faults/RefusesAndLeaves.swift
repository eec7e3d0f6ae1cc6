// SPDX-License-Identifier: Apache-2.0
//
// A relay that turns clients away with 554 and does not stay to hear them out.

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesAndLeaves.self }

struct RefusesAndLeaves: RelayFault {
  static let summary =
    "Behind a greeting with 554 the connection ends at the first command, before QUIT."
  static let breaks = ["5321-3.1-554-waits-for-quit"]
  static let alsoTrips = [
    "EXPECT": "It reads the greeting itself and wants 220.",
    "CONNECT": "It reads the greeting itself and wants 220.",
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .connect else { return }
    replies = [RelayReply(554, nil, "\(context.hostName) takes no mail from you")]
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    .answerAndClose([], .orderly)
  }
}
