// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not know the asterisk.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AsksOnAfterAsterisk.self }

struct AsksOnAfterAsterisk: RelayFault {
  static let summary = "A cancelled exchange is answered with another 334."
  static let breaks = ["4954-4-cancel-501"]
  static let alsoTrips = ["*": "No login can be cancelled."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth, replies.first == Replies.loginCancelled {
      replies = [RelayReply(334, nil, "")]
    }
  }
}
