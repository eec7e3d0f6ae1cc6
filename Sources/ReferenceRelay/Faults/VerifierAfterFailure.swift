// SPDX-License-Identifier: Apache-2.0
//
// A relay whose SCRAM ends with a verifier, whatever came before.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { VerifierAfterFailure.self }

struct VerifierAfterFailure: RelayFault {
  static let summary = "A failed SCRAM exchange gets a verifier."
  static let breaks = ["5802-5.1-e-on-failure"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .scramSHA256, case .refused(.wrongCredentials) = step {
      step = .challenge(Array("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=".utf8))
    }
  }
}
