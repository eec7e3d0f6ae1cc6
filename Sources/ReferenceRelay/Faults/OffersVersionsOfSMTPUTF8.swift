// SPDX-License-Identifier: Apache-2.0
//
// A relay that tells which RFC its SMTPUTF8 follows.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersVersionsOfSMTPUTF8.self
}

struct OffersVersionsOfSMTPUTF8: RelayFault {
  static let summary = "SMTPUTF8 is offered with a parameter."
  static let breaks = ["6531-3.1-no-param"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { $0 == "SMTPUTF8" ? "SMTPUTF8 RFC6531" : $0 }
  }
}
