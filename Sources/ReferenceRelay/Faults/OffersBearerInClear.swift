// SPDX-License-Identifier: Apache-2.0
//
// A relay that lists OAUTHBEARER wherever it is asked.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersBearerInClear.self }

struct OffersBearerInClear: RelayFault {
  static let summary = "OAUTHBEARER is offered in the clear."
  static let breaks = ["7628-3-oauth-tls"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if !context.isSecure { capabilities.append("AUTH OAUTHBEARER") }
  }
}
