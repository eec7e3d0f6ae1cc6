// SPDX-License-Identifier: Apache-2.0
//
// A relay that answers DATA before it knows what became of the recipients of a group.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PromptsGroupsForData.self }

struct PromptsGroupsForData: RelayFault {
  static let summary = "DATA of a group without an accepted recipient is answered with 354."
  static let breaks = ["2920-3.2-data-iff-valid-rcpt"]
  static let alsoTrips = [
    "invariants/nothing-unasked-but-421":
      "The lines of the message that 354 asks for are answered like commands."
  ]

  private var isGroup = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    isGroup = octets.count(where: { $0 == UInt8(ascii: "\n") }) == 3
  }

  func intercept(_ command: RelayCommand, _ context: RelayContext) -> RelayInterception {
    command.verb == "DATA" && isGroup && context.sender != nil && context.recipients == 0
      ? .say(354, "Send the message") : .proceed
  }
}
