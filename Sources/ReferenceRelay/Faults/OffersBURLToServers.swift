// SPDX-License-Identifier: Apache-2.0
//
// A relay that offers to everybody what is meant for users.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersBURLToServers.self }

struct OffersBURLToServers: RelayFault {
  static let summary = "A relay offers BURL."
  static let breaks = ["4468-3.1-burl-not-25"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .relay, context.isSecure { capabilities.append("BURL") }
  }
}
