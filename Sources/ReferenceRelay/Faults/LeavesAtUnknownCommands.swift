// SPDX-License-Identifier: Apache-2.0
//
// A relay that hangs up on whoever says something it does not know.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LeavesAtUnknownCommands.self }

struct LeavesAtUnknownCommands: RelayFault {
  static let summary = "An unknown command ends the connection with 421."
  static let breaks = ["5321-3.8-unknown-cmd-no-close"]

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    guard command.verb == "FOOBAR" else { return .proceed }
    return .answerAndClose([RelayReply(421, "4.7.0", "Unknown command, goodbye")], .orderly)
  }
}
