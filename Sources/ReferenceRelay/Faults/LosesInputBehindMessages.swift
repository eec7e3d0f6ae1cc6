// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks at what follows a message only when more comes.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  LosesInputBehindMessages.self
}

struct LosesInputBehindMessages: RelayFault {
  static let summary = "What comes in one write with the end of a message, behind it, is lost."
  static let breaks = ["2920-3.2-no-loss-after-data", "5321-4.2-one-reply"]

  private var isLosing = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) { isLosing = false }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .message { isLosing = true }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    isLosing ? .answer([]) : .proceed
  }
}
