// SPDX-License-Identifier: Apache-2.0
//
// A relay that puts into the keyword what its policy is.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersStarttlsWithParameters.self
}

struct OffersStarttlsWithParameters: RelayFault {
  static let summary = "STARTTLS is offered with a parameter."
  static let breaks = ["3207-2-no-keyword-param"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { $0 == "STARTTLS" ? "STARTTLS REQUIRED" : $0 }
  }
}
