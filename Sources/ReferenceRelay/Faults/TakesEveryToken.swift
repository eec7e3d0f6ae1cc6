// SPDX-License-Identifier: Apache-2.0
//
// A relay that leaves the tokens to somebody else.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEveryToken.self }

struct TakesEveryToken: RelayFault {
  static let summary = "A bad token logs in."
  static let breaks = ["7628-3.2.2-oauth-error-json"]
  static let alsoTrips = ["AUTH": "A token that has to be refused is not."]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .oauthbearer, case .challenge(let text) = step, !text.isEmpty {
      step = .accepted(identity: "anybody")
    }
  }
}
