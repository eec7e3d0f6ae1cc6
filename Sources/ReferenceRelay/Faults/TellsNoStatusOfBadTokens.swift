// SPDX-License-Identifier: Apache-2.0
//
// A relay that says in words what is wrong with a token.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  TellsNoStatusOfBadTokens.self
}

struct TellsNoStatusOfBadTokens: RelayFault {
  static let summary = "The error of OAUTHBEARER is no JSON with a status."
  static let breaks = ["7628-3.2.2-oauth-error-json"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .oauthbearer, case .challenge(let text) = step, !text.isEmpty {
      step = .challenge(Array("invalid token".utf8))
    }
  }
}
