// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes enhanced codes for an extension that EHLO switches on.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NoCodesAfterHELO.self }

struct NoCodesAfterHELO: RelayFault {
  static let summary = "After HELO replies have no enhanced codes."
  static let breaks = ["2034-4-without-ehlo"]
  static let alsoTrips = [
    "invariants/enhanced-codes-present": "Replies without a code are what it has."
  ]

  private var isPlain = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.stage == .helo { isPlain = true }
    if command.stage == .ehlo { isPlain = false }
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if isPlain { for index in replies.indices { replies[index].enhanced = nil } }
  }
}
