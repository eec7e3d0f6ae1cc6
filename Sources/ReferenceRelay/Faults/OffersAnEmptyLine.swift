// SPDX-License-Identifier: Apache-2.0
//
// A relay that ends its EHLO reply with a line that names nothing.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersAnEmptyLine.self }

struct OffersAnEmptyLine: RelayFault {
  static let summary = "The EHLO reply has a line without a keyword."
  static let breaks = ["5321-4.1.1.1-ehlo-multiline"]
  static let alsoTrips = ["EHLO": "A line without a keyword is none of the allowed ones."]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.append("")
  }
}
