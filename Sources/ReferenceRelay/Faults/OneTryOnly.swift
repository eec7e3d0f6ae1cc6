// SPDX-License-Identifier: Apache-2.0
//
// A relay that has no patience with passwords.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OneTryOnly.self }

struct OneTryOnly: RelayFault {
  static let summary = "A failed login ends the connection."
  static let breaks = ["4954-9-three-tries"]

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth, replies.first?.code == 535 { replies[0].close = .orderly }
  }
}
