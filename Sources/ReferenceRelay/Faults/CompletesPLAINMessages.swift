// SPDX-License-Identifier: Apache-2.0
//
// A relay that helps clients which forget the empty identity.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { CompletesPLAINMessages.self }

struct CompletesPLAINMessages: RelayFault {
  static let summary = "PLAIN without the first NUL logs in."
  static let breaks = ["4616-2-missing-nul"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if mechanism == .plain, message.count(where: { $0 == 0 }) == 1 { message.insert(0, at: 0) }
  }
}
