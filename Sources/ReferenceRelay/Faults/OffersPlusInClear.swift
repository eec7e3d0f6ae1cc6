// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers channel binding where there is no channel.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersPlusInClear.self }

struct OffersPlusInClear: RelayFault {
  static let summary = "SCRAM-SHA-256-PLUS is offered in the clear."
  static let breaks = ["5802-6-plus-only-in-tls"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if !context.isSecure { capabilities.append("AUTH SCRAM-SHA-256-PLUS") }
  }
}
