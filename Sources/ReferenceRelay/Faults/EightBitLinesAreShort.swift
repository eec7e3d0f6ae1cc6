// SPDX-License-Identifier: Apache-2.0
//
// A relay that counts an octet above 127 in a line buffer as several.

@used @section("relay_faults") private let entry: RelayFaultEntry = { EightBitLinesAreShort.self }

struct EightBitLinesAreShort: RelayFault {
  static let summary =
    "A message with octets above 127 in a line of more than 500 octets is refused."
  static let breaks = ["6152-3-8bit-line-1000"]

  private var length = 0
  private var isEightBit = false
  private var isSpoilt = false

  mutating func receive(_ octets: inout [UInt8], _ context: RelayContext) {
    guard context.sender != nil else { return }
    for octet in octets {
      if octet == UInt8(ascii: "\n") {
        if length > 500, isEightBit { isSpoilt = true }
        (length, isEightBit) = (0, false)
      } else {
        length += 1
        isEightBit = isEightBit || octet > 127
      }
    }
  }

  mutating func answer(
    _ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext
  ) {
    guard stage == .message else { return }
    if isSpoilt { replies = replies.map { _ in RelayReply(554, "5.6.0", "Line too long") } }
    isSpoilt = false
  }
}
