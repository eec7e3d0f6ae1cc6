// SPDX-License-Identifier: Apache-2.0
//
// A relay that binds as it likes, whatever the client names.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyBindingType.self }

struct TakesAnyBindingType: RelayFault {
  static let summary = "A type of channel binding that does not exist is taken."
  static let breaks = ["5802-6-cb-type-unsupported"]

  private var isUnknown = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isUnknown = message.starts(with: "p=x-unknown,".utf8)
  }

  mutating func judge(
    _ step: inout SASLServerStep, _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    if isUnknown, case .refused = step { step = .accepted(identity: "tester") }
  }
}
