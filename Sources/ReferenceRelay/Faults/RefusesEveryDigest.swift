// SPDX-License-Identifier: Apache-2.0
//
// A relay that computes the digest of CRAM-MD5 over something else.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { RefusesEveryDigest.self }

struct RefusesEveryDigest: RelayFault {
  static let summary = "A right digest is refused."
  static let breaks = ["2195-2-digest-verified"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .cramMD5, case .accepted = step { step = .refused(.wrongCredentials) }
  }
}
