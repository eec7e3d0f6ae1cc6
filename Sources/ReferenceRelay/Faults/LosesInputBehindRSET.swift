// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes RSET for its input buffer, too.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LosesInputBehindRSET.self }

struct LosesInputBehindRSET: RelayFault {
  static let summary = "What comes in one write with RSET, behind it, is lost."
  static let breaks = ["2920-3.2-no-input-loss", "5321-4.2-one-reply"]

  private var isLosing = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) { isLosing = false }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .rset { isLosing = true }
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    isLosing ? .answer([]) : .proceed
  }
}
