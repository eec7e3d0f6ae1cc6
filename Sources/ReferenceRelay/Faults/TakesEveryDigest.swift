// SPDX-License-Identifier: Apache-2.0
//
// A relay that knows the account and does not look at the digest.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEveryDigest.self }

struct TakesEveryDigest: RelayFault {
  static let summary = "A wrong digest is taken."
  static let breaks = ["2195-2-digest-verified"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .cramMD5, case .refused = step { step = .accepted(identity: "anybody") }
  }
}
