// SPDX-License-Identifier: Apache-2.0
//
// A relay that prepares the authorization identity and then looks whether there is one.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  EmptyIdentitiesAreAbsent.self
}

struct EmptyIdentitiesAreAbsent: RelayFault {
  static let summary = "An authorization identity that SASLprep empties counts as none."
  static let breaks = ["4954-4-authzid-prep"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let softHyphen: [UInt8] = [0xC2, 0xAD, 0]
    if mechanism == .plain, message.starts(with: softHyphen) { message.removeFirst(2) }
  }
}
