// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants to know every word of the message.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { MindsUnknownBearerKeys.self }

struct MindsUnknownBearerKeys: RelayFault {
  static let summary = "An unknown key in the message of OAUTHBEARER is an error."
  static let breaks = ["7628-3.1-oauth-unknown-kv"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let keys = message.split(separator: 1)
    if mechanism == .oauthbearer, keys.contains("zz=1".utf8.map { $0 }[...]) { message = [] }
  }
}
