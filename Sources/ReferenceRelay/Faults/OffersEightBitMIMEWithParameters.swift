// SPDX-License-Identifier: Apache-2.0
//
// A relay that lists with 8BITMIME what BODY may be.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersEightBitMIMEWithParameters.self
}

struct OffersEightBitMIMEWithParameters: RelayFault {
  static let summary = "8BITMIME is offered with a parameter."
  static let breaks = ["6152-2-8bitmime-no-param"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { $0 == "8BITMIME" ? "8BITMIME 7BIT BINARYMIME" : $0 }
  }
}
