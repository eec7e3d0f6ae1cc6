// SPDX-License-Identifier: Apache-2.0
//
// A relay that says yes as soon as it knows the client.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { NoServerSignature.self }

struct NoServerSignature: RelayFault {
  static let summary = "SCRAM succeeds without the signature of the server."
  static let breaks = ["5802-5-server-signature"]

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    guard mechanism == .scramSHA256, case .challenge(let text) = step,
      text.starts(with: "v=".utf8)
    else { return }
    step = .accepted(identity: "tester")
  }
}
