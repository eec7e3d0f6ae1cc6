// SPDX-License-Identifier: Apache-2.0
//
// A relay that keeps its recipients in a set.

@used @section("relay_faults") private let entry: RelayFaultEntry = { CountsRecipientsOnce.self }

struct CountsRecipientsOnce: RelayFault {
  static let summary = "In LMTP a recipient who was named twice gets one reply."
  static let breaks = ["2033-4.2-duplicate-rcpt"]

  private var named: [String] = []

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    if command.verb == "RCPT" { named.append(command.text) }
    if command.verb == "MAIL" { named = [] }
    return .proceed
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    guard stage == .message, context.role == .lmtp else { return }
    replies.removeLast(min(named.count - Set(named).count, replies.count))
  }
}
