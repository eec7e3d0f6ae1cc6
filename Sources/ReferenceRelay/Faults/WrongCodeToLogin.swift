// SPDX-License-Identifier: Apache-2.0
//
// A relay that says to a login what it says to everything.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { WrongCodeToLogin.self }

struct WrongCodeToLogin: RelayFault {
  static let summary = "A login with PLAIN is answered with 250."
  static let breaks = ["4954-4-success-235"]
  static let alsoTrips = ["AUTH": "A login that succeeds is judged by 235."]

  private var isPlain = false

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isPlain = mechanism == .plain
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth, isPlain { replies.recode(235, to: 250) }
  }
}
