// SPDX-License-Identifier: Apache-2.0
//
// A relay whose LMTP was written before PIPELINING was known.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersNoPipeliningInLMTP.self
}

struct OffersNoPipeliningInLMTP: RelayFault {
  static let summary = "LMTP does not offer PIPELINING."
  static let breaks = ["2033-5-pipelining"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .lmtp { capabilities.removeAll { $0 == "PIPELINING" } }
  }
}
