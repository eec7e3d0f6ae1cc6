// SPDX-License-Identifier: Apache-2.0
//
// A relay that thinks brackets are for mail only.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { BareChallenges.self }

struct BareChallenges: RelayFault {
  static let summary = "The challenge of CRAM-MD5 has no angle brackets."
  static let breaks = ["2195-2-challenge-msgid"]
  static let alsoTrips = [
    "rfc2195/2-exchange/right-digest": "A client that wants a message id there gives up."
  ]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .cramMD5, case .challenge(let text) = step {
      step = .challenge(Array(text.dropFirst().dropLast()))
    }
  }
}
