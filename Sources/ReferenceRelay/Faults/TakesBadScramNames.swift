// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads SCRAM names as they are.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesBadScramNames.self }

struct TakesBadScramNames: RelayFault {
  static let summary = "An equals sign in a SCRAM name may be followed by anything."
  static let breaks = ["5802-5.1-bad-equals-name"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let bad = Array("n,,n=a=zzb,".utf8)
    if message.starts(with: bad) {
      message = Array("n,,n=azzb,".utf8) + message.dropFirst(bad.count)
    }
  }
}
