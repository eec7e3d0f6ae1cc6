// SPDX-License-Identifier: Apache-2.0
//
// A relay that lists what its DSN can do.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersDSNWithParameters.self }

struct OffersDSNWithParameters: RelayFault {
  static let summary = "DSN is offered with parameters."
  static let breaks = ["3461-2-no-param"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { $0 == "DSN" ? "DSN RET NOTIFY" : $0 }
  }
}
