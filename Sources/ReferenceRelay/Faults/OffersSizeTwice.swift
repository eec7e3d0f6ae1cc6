// SPDX-License-Identifier: Apache-2.0
//
// A relay that lists its limit for machines and then once more for people.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersSizeTwice.self }

struct OffersSizeTwice: RelayFault {
  static let summary = "SIZE is listed a second time, with a unit."
  static let breaks = ["1870-3-size-param-syntax"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if capabilities.contains(where: { $0.hasPrefix("SIZE ") }) {
      capabilities.append("SIZE 32 MiB")
    }
  }
}
