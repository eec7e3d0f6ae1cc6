// SPDX-License-Identifier: Apache-2.0
//
// A relay that trusts whoever asks.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { LetsEverybodyIn.self }

struct LetsEverybodyIn: RelayFault {
  static let summary = "PLAIN with wrong credentials logs in."
  static let breaks = ["4954-6-bad-password-535"]
  static let alsoTrips = ["AUTH": "Logins that have to fail succeed."]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .plain, case .refused(.wrongCredentials) = step {
      step = .accepted(identity: "anybody")
    }
  }
}
