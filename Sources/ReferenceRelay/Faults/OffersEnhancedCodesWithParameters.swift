// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells which edition of the status codes it speaks.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersEnhancedCodesWithParameters.self
}

struct OffersEnhancedCodesWithParameters: RelayFault {
  static let summary = "ENHANCEDSTATUSCODES is offered with a parameter."
  static let breaks = ["2034-3-no-param"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map {
      $0 == "ENHANCEDSTATUSCODES" ? "ENHANCEDSTATUSCODES RFC5248" : $0
    }
  }
}
