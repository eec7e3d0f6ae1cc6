// SPDX-License-Identifier: Apache-2.0
//
// A relay whose strings end at NUL.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { ThirdNULEndsPassword.self }

struct ThirdNULEndsPassword: RelayFault {
  static let summary = "What follows a third NUL in PLAIN is passed over."
  static let breaks = ["4616-2-extra-nul"]

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    let fields = message.split(separator: 0, omittingEmptySubsequences: false)
    guard mechanism == .plain, fields.count > 3 else { return }
    message = Array(fields.prefix(3).joined(separator: [0]))
  }
}
