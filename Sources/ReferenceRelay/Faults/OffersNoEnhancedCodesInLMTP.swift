// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP was written before ENHANCEDSTATUSCODES was known.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersNoEnhancedCodesInLMTP.self
}

struct OffersNoEnhancedCodesInLMTP: RelayFault {
  static let summary = "LMTP does not offer ENHANCEDSTATUSCODES."
  static let breaks = ["2033-5-enhancedstatuscodes"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .lmtp { capabilities.removeAll { $0 == "ENHANCEDSTATUSCODES" } }
  }
}
