// SPDX-License-Identifier: Apache-2.0
//
// A relay in which one reply was forgotten when enhanced codes came in.

@used @section("relay_faults") private let entry: RelayFaultEntry = { NoCodeOnReset.self }

struct NoCodeOnReset: RelayFault {
  static let summary = "The reply to RSET has no enhanced code."
  static let breaks = ["2034-4-codes-present"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .rset { replies[0].enhanced = nil }
  }
}
