// SPDX-License-Identifier: Apache-2.0
//
// A relay that looks for the end of a message where a piece of it ends.

@used @section("relay_faults") private let entry: RelayFaultEntry = { DotAtTheEndOfAPieceEnds.self }

struct DotAtTheEndOfAPieceEnds: RelayFault {
  static let summary = "A dot that begins a line and ends a piece ends the message."
  static let breaks = ["5321-4.5.2-dot-split"]
  static let alsoTrips = [
    "invariants/one-reply-per-command": "The rest of the message is read as commands."
  ]

  private var isTaking = false
  private var tail: [UInt8] = []

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard isTaking else { return }
    tail = (tail + octets).suffix(3)
    guard tail == Array("\r\n.".utf8) else { return }
    isTaking = false
    octets += [13, 10]
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    guard stage == .data else { return }
    isTaking = replies.first?.code == 354
    tail = []
  }
}
