// SPDX-License-Identifier: Apache-2.0
//
// A relay that begins from the start before it has looked at the name in EHLO.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusedHelloEndsTransaction.self
}

struct RefusedHelloEndsTransaction: RelayFault {
  static let summary = "An EHLO command that is refused ends the transaction."
  static let breaks = ["5321-4.1.4-ehlo-failure-keeps-state"]

  private var wasRefused = false

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .ehlo { wasRefused = replies.first?.severity == 5 && context.sender != nil }
    if stage == .mail || stage == .rset { wasRefused = false }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "RCPT" && wasRefused
      ? .say(503, "5.5.1", "Need MAIL before RCPT") : .proceed
  }
}
