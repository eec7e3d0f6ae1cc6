// SPDX-License-Identifier: Apache-2.0
//
// A relay whose reply to DATA overtakes the refusal before it.

@used @section("relay_faults") private let entry: RelayFaultEntry = { AnswersInHaste.self }

struct AnswersInHaste: RelayFault {
  static let summary =
    "In a group of four or more replies 354 comes before the refusal of the last recipient."
  static let breaks = ["2920-3.2-order"]

  mutating func transmit(_ replies: inout [[UInt8]], _ context: RelayContext) {
    let count = replies.count
    guard count > 3, replies[count - 1].starts(with: "354".utf8),
      replies[count - 2].starts(with: "550".utf8)
    else { return }
    replies.swapAt(count - 1, count - 2)
  }
}
