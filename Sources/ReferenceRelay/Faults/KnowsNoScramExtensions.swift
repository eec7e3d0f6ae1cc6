// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes messages only as it knows them.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { KnowsNoScramExtensions.self }

struct KnowsNoScramExtensions: RelayFault {
  static let summary = "An unknown attribute of SCRAM is an error."
  static let breaks = ["5802-5.1-unknown-optional-ignored"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .scramSHA256, message.last == UInt8(ascii: "1"),
      message.suffix(4) == Array(",q=1".utf8)[...]
    {
      message = Array("n,,".utf8)
    }
  }
}
