// SPDX-License-Identifier: Apache-2.0
//
// A relay that gives a whole group up where one of its recipients is refused.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  BadRecipientsSpoilGroups.self
}

struct BadRecipientsSpoilGroups: RelayFault {
  static let summary = "DATA is refused where a recipient before it in the same piece was."
  static let breaks = ["2920-3.2-data-iff-valid-rcpt"]

  private var isGroup = false
  private var isSpoilt = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    isGroup = octets.count(where: { $0 == UInt8(ascii: "\n") }) == 4
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .mail { isSpoilt = false }
    if stage == .rcpt, isGroup, context.recipients == 0 { isSpoilt = replies[0].code == 550 }
  }

  mutating func intercept(
    _ command: RelayCommand, _ context: RelayContext
  ) -> RelayInterception {
    guard command.verb == "DATA", isSpoilt, isGroup else { return .proceed }
    return .say(554, "5.5.1", "Not with this list of recipients")
  }
}
