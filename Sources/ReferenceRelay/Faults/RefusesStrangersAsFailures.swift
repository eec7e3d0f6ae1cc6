// SPDX-License-Identifier: Apache-2.0
//
// A relay that refuses foreign recipients with the code for a failed transaction.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesStrangersAsFailures.self
}

struct RefusesStrangersAsFailures: RelayFault {
  static let summary = "A foreign recipient is refused with 554."
  static let breaks = ["5321-7.9-policy-550"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rcpt, replies.first?.enhanced == "5.7.1" { replies.recode(550, to: 554) }
  }
}
