// SPDX-License-Identifier: Apache-2.0
//
// A relay that sees a loop early.

@used @section("relay_faults") private let entry: RelayFaultEntry = { FiftyHopsAreALoop.self }

struct FiftyHopsAreALoop: RelayFault {
  static let summary = "A message with more than 50 Received fields is refused."
  static let breaks = ["5321-6.3-loop-threshold-100"]

  private var hops = 0

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    let lines = octets.split(separator: UInt8(ascii: "\n"))
    hops += lines.count { $0.starts(with: "Received:".utf8) }
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    if stage == .data { hops = 0 }
    guard stage == .message, hops > 50 else { return }
    replies = replies.map { _ in RelayReply(554, "5.4.6", "Too many hops") }
  }
}
