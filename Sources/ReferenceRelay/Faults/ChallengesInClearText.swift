// SPDX-License-Identifier: Apache-2.0
//
// A relay whose challenges go out as the mechanism makes them.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { ChallengesInClearText.self }

struct ChallengesInClearText: RelayFault {
  static let summary = "Challenges are not put into base64."
  static let breaks = ["4954-4-challenge-base64"]
  static let alsoTrips = ["AUTH": "No challenge can be decoded."]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .auth, let challenge = replies.first, challenge.code == 334 else { return }
    do throws(SASLError) {
      let octets = try Base64.decode(Array(challenge.text.utf8))
      replies[0].text = String(decoding: octets, as: UTF8.self)
    } catch {
      // What is no base64 is in clear text already.
    }
  }
}
