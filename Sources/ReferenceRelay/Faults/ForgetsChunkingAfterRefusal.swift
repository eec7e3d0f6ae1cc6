// SPDX-License-Identifier: Apache-2.0
//
// A relay that forgets what it has offered when it refuses something.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  ForgetsChunkingAfterRefusal.self
}

struct ForgetsChunkingAfterRefusal: RelayFault {
  static let summary =
    "BDAT is out of order once a chunk was refused, as long as the connection lasts."
  static let breaks = ["3030-2-bdat-last"]

  private var hasRefused = false

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    guard stage == .bdat || stage == .message else { return }
    if hasRefused { replies = [RelayReply(503, "5.5.1", "BDAT was not offered")] }
    if stage == .bdat, replies.first?.severity == 5 { hasRefused = true }
  }
}
