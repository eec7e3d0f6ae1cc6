// SPDX-License-Identifier: Apache-2.0
//
// A relay that goes on adding to a message that was complete.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesChunksAfterLast.self }

struct TakesChunksAfterLast: RelayFault {
  static let summary = "A chunk behind the last one of a message is accepted."
  static let breaks = ["3030-2-bdat-after-last"]

  private var wasLast = false

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .message { wasLast = true }
    guard stage == .bdat, wasLast, context.sender == nil, replies.first?.code == 503 else { return }
    replies = [RelayReply(250, "2.0.0", "More of the same")]
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.stage == .mail { wasLast = false }
    return .proceed
  }
}
