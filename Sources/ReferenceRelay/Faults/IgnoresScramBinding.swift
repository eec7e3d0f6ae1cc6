// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not look at what an exchange is bound to.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { IgnoresScramBinding.self }

struct IgnoresScramBinding: RelayFault {
  static let summary = "The attribute c of SCRAM is not compared."
  static let breaks = ["5802-6-c-validated"]

  private var isFinal = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isFinal = message.starts(with: "c=".utf8)
  }

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if isFinal, case .refused(.channelBinding) = step { step = .accepted(identity: "tester") }
  }
}
