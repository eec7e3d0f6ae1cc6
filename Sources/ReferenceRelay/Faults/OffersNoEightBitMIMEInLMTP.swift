// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP was written before 8BITMIME was known.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersNoEightBitMIMEInLMTP.self
}

struct OffersNoEightBitMIMEInLMTP: RelayFault {
  static let summary = "LMTP does not offer 8BITMIME."
  static let breaks = ["2033-5-8bitmime", "5321-2.4-8bitmime-offered", "6531-3.1-8bitmime-too"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .lmtp { capabilities.removeAll { $0 == "8BITMIME" } }
  }
}
