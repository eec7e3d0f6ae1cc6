// SPDX-License-Identifier: Apache-2.0
//
// A relay that gives up a transaction when a command comes too early.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OutOfOrderEndsTransaction.self
}

struct OutOfOrderEndsTransaction: RelayFault {
  static let summary = "DATA before the first recipient ends the transaction."
  static let breaks = ["5321-4.1.4-order-503-state"]

  private var wasEarly = false

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .data { wasEarly = replies.first?.severity == 5 && context.sender != nil }
    if stage == .mail || stage == .rset { wasEarly = false }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RCPT" && wasEarly ? .say(503, "5.5.1", "Need MAIL before RCPT") : .proceed
  }
}
