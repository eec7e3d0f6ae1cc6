// SPDX-License-Identifier: Apache-2.0
//
// A relay whose two ends of a line are read by two of its parts.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  MixesRepliesAtCutLineEnds.self
}

struct MixesRepliesAtCutLineEnds: RelayFault {
  static let summary =
    "Where a group is cut between CR and LF, the first two replies change places."
  static let breaks = ["2920-3.2-order", "5321-4.2-one-reply"]

  private var isCut = false
  private var held: [[UInt8]] = []

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    isCut = octets.first == 0x0A && octets.count > 1
  }

  mutating func transmit(_ replies: inout [[UInt8]], _ context: RelayContext) {
    guard !replies.isEmpty else { return }
    if isCut, held.isEmpty {
      swap(&held, &replies)
    } else {
      replies += held
      held = []
    }
  }
}
