// SPDX-License-Identifier: Apache-2.0
//
// A relay that empties its input buffer when it refuses a recipient.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  LosesInputBehindRefusedRecipients.self
}

struct LosesInputBehindRefusedRecipients: RelayFault {
  static let summary = "What comes in one write with a refused RCPT, behind it, is lost."
  static let breaks = ["2920-3.2-no-input-loss", "5321-4.2-one-reply"]

  private var isLosing = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) { isLosing = false }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .rcpt, replies.first?.severity == 5 { isLosing = true }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    isLosing ? .answer([]) : .proceed
  }
}
