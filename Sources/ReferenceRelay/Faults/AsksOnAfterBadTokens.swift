// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants to hear another token in the same exchange.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { AsksOnAfterBadTokens.self }

struct AsksOnAfterBadTokens: RelayFault {
  static let summary = "The dummy response of OAUTHBEARER is answered with another 334."
  static let breaks = ["7628-3.2.3-oauth-dummy-response"]
  static let alsoTrips = [
    "rfc4954/4-lengths/long-tokens": "A token that is refused ends it.",
    "rfc7628/3.2-failure/error-is-json": "A token that is refused ends it.",
  ]

  private var isBearer = false

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isBearer = mechanism == .oauthbearer
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .auth, isBearer else { return }
    let isEnd = replies.first?.code == 535 || replies.first == Replies.loginCancelled
    if isEnd { replies = [RelayReply(334, nil, "")] }
  }
}
