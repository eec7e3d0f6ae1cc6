// SPDX-License-Identifier: Apache-2.0
//
// A relay with a private extension whose keyword breaks the grammar.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersMalformedKeyword.self }

struct OffersMalformedKeyword: RelayFault {
  static let summary = "The EHLO reply has a keyword with an underscore."
  static let breaks = ["5321-4.1.1.1-ehlo-keyword-syntax"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.append("X_FAST_LANE")
  }
}
