// SPDX-License-Identifier: Apache-2.0
//
// A relay that skips the first letter of a SCRAM message.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyScramFlag.self }

struct TakesAnyScramFlag: RelayFault {
  static let summary = "A first message of SCRAM may begin with any letter."
  static let breaks = ["5802-5.1-bad-first-letter"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if message.starts(with: "x,,".utf8) { message[0] = UInt8(ascii: "n") }
  }
}
