// SPDX-License-Identifier: Apache-2.0
//
// A relay that reads responses into the buffer of its commands.

import SASLExchange

@used @section("relay_faults") private let entry: RelayFaultEntry = { ResponseLinesAreShort.self }

struct ResponseLinesAreShort: RelayFault {
  static let summary = "A response of more than 512 octets is answered with 500."
  static let breaks = ["4954-4-long-response", "4616-2-255-octets"]

  private var isLong = false

  mutating func hear(
    _ message: inout [UInt8], _ mechanism: SASLMechanism, _ context: RelayContext
  ) {
    isLong = message.count > 510 / 4 * 3
  }

  func answer(_ replies: inout [RelayReply], at stage: RelayStage, _ context: RelayContext) {
    if stage == .auth, isLong { replies = [RelayReply(500, "5.5.6", "Line too long")] }
  }
}
