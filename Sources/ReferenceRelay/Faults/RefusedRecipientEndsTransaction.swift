// SPDX-License-Identifier: Apache-2.0
//
// A relay that remembers only what it said to the last recipient.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusedRecipientEndsTransaction.self
}

struct RefusedRecipientEndsTransaction: RelayFault {
  static let summary = "DATA is refused where the last RCPT was."
  static let breaks = ["5321-4.1.1.3-rcpt-failed-keeps-others"]
  static let alsoTrips = [
    "rfc2920/3.2-groups/answers-in-order": "Its group has a recipient that is refused."
  ]

  private var wasRefused = false

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .rcpt { wasRefused = replies.first?.severity == 5 }
    if stage == .mail { wasRefused = false }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "DATA" && wasRefused && context.recipients > 0
      ? .say(503, "5.5.1", "Bad sequence of commands") : .proceed
  }
}
