// SPDX-License-Identifier: Apache-2.0
//
// A relay that does not know 8BITMIME.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesEightBitMIME.self }

struct HidesEightBitMIME: RelayFault {
  static let summary = "8BITMIME is not offered."
  static let breaks = ["5321-2.4-8bitmime-offered", "6531-3.1-8bitmime-too"]
  static let alsoTrips = [
    "rfc6409/7-extensions/offers-what-clients-want":
      "8BITMIME is one of the extensions it looks for.",
    "rfc2033/5-extensions/offers-8bitmime": "It looks for 8BITMIME too, in LMTP.",
  ]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0 == "8BITMIME" }
  }
}
