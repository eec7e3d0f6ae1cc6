// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not wonder why a client saw no -PLUS.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  BelievesThatPlusWasStripped.self
}

struct BelievesThatPlusWasStripped: RelayFault {
  static let summary = "A client that knows channel binding and saw no offer of it is let in."
  static let breaks = ["5802-6-y-flag-fails"]

  private var isDenied = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isDenied = message.starts(with: "y,".utf8)
  }

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if isDenied, case .refused(.channelBinding) = step { step = .accepted(identity: "tester") }
  }
}
