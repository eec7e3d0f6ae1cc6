// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads one line too many at the end of a message.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  LosesTheLineBehindTheDot.self
}

struct LosesTheLineBehindTheDot: RelayFault {
  static let summary = "The line in one piece with the end of a message is lost."
  static let breaks = ["2920-3.2-no-loss-after-data", "5321-4.2-one-reply"]

  private var isTaking = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard isTaking, let end = octets.firstRange(of: Array("\r\n.\r\n".utf8)) else { return }
    isTaking = false
    let rest = octets[end.upperBound...]
    guard let next = rest.firstIndex(of: UInt8(ascii: "\n")) else { return }
    octets.removeSubrange(end.upperBound...next)
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .data { isTaking = replies.first?.code == 354 }
  }
}
