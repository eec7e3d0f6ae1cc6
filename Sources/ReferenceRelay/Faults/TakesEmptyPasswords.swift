// SPDX-License-Identifier: Apache-2.0
//
// A relay whose directory lets everybody look who brings no password.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesEmptyPasswords.self }

struct TakesEmptyPasswords: RelayFault {
  static let summary = "PLAIN with an empty password logs in."
  static let breaks = ["4616-2-empty-password"]

  private var isEmpty = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isEmpty = mechanism == .plain && message.last == 0
  }

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if isEmpty { step = .accepted(identity: "anybody") }
  }
}
