// SPDX-License-Identifier: Apache-2.0
//
// A relay that takes RSET for the wish to begin from the very start.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeavesAtRSET.self }

struct LeavesAtRSET: RelayFault {
  static let summary = "RSET inside a transaction ends the connection."
  static let breaks = ["5321-4.1.1.5-rset-no-close"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "RSET", context.messages > 0 else { return .proceed }
    return .answerAndClose([RelayReply(250, "2.0.0", "Done")], .orderly)
  }
}
