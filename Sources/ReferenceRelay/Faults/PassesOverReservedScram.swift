// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes m for an extension like any other.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { PassesOverReservedScram.self }

struct PassesOverReservedScram: RelayFault {
  static let summary = "The attribute m of SCRAM is passed over."
  static let breaks = ["5802-5.1-m-attribute"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let reserved = Array("n,,m=x,".utf8)
    if message.starts(with: reserved) {
      message = Array("n,,".utf8) + message.dropFirst(reserved.count)
    }
  }
}
