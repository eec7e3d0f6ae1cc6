// SPDX-License-Identifier: Apache-2.0
//
// A relay for which BDAT is a kind of DATA.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  WantsDataBehindTheOnlyChunk.self
}

struct WantsDataBehindTheOnlyChunk: RelayFault {
  static let summary = "A message in a single chunk is answered with 354."
  static let breaks = ["3030-2-bdat-last"]

  private var chunks = 0

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.stage == .mail { chunks = 0 }
    if command.stage == .bdat { chunks += 1 }
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .message, chunks == 1, context.role != .lmtp else { return }
    replies = [RelayReply(354, nil, "Now the message")]
  }
}
