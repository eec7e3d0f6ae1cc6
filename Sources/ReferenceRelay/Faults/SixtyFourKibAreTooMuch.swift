// SPDX-License-Identifier: Apache-2.0
//
// A relay that counts a message in 16 bits.

@used @section("relay_faults") private let entry: RelayFaultEntry = { SixtyFourKibAreTooMuch.self }

struct SixtyFourKibAreTooMuch: RelayFault {
  static let summary = "A message of 64 KiB or more is refused with 552."
  static let breaks = ["5321-4.5.3.1.7-content-64k"]

  private var octets = 0

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    self.octets += octets.count
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .data { octets = 0 }
    guard stage == .message, (65_536..<100_000).contains(octets) else { return }
    replies = replies.map { _ in RelayReply(552, "5.3.4", "Message too big") }
  }
}
