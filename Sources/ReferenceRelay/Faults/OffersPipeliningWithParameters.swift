// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells with PIPELINING how much it takes at a time.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersPipeliningWithParameters.self
}

struct OffersPipeliningWithParameters: RelayFault {
  static let summary = "PIPELINING is offered with a parameter."
  static let breaks = ["2920-2-no-param"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { $0 == "PIPELINING" ? "PIPELINING 100" : $0 }
  }
}
