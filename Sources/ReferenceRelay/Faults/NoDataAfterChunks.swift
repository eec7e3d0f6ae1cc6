// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes a client at its word: who has used BDAT goes on with BDAT.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NoDataAfterChunks.self }

struct NoDataAfterChunks: RelayFault {
  static let summary = "DATA is refused where an earlier message came in chunks."
  static let breaks = ["3030-2-data-still-works"]

  private var hasUsedChunks = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.stage == .bdat { hasUsedChunks = true }
    guard command.verb == "DATA", hasUsedChunks, context.messages > 0 else { return .proceed }
    return .say(502, "5.5.1", "Use BDAT")
  }
}
