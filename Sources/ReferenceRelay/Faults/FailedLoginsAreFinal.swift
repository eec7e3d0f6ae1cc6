// SPDX-License-Identifier: Apache-2.0
//
// A relay that remembers a failure for the whole connection.

@used @section("relay_faults") private let entry: RelayFaultEntry = { FailedLoginsAreFinal.self }

struct FailedLoginsAreFinal: RelayFault {
  static let summary = "After a failed login every other is refused."
  static let breaks = ["4954-4-retry-after-failure"]

  private var hasFailed = false

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard hasFailed, command.verb == "AUTH" else { return .proceed }
    return .say(535, "5.7.8", "You have failed before")
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .auth, replies.first?.code == 535 { hasFailed = true }
  }
}
