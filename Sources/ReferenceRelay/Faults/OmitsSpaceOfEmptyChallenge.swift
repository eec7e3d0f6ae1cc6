// SPDX-License-Identifier: Apache-2.0
//
// A relay that leaves out the space where nothing follows.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OmitsSpaceOfEmptyChallenge.self
}

struct OmitsSpaceOfEmptyChallenge: RelayFault {
  static let summary = "An empty challenge is 334 alone."
  static let breaks = ["4954-4-empty-challenge"]
  static let alsoTrips = [
    "invariants/space-behind-code": "A reply line of the code alone is what it does."
  ]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .auth, replies.first?.code == 334, replies.first?.text.isEmpty == true else {
      return
    }
    replies[0] = RelayReply(octets: Array("334\r\n".utf8), code: 334)
  }
}
