// SPDX-License-Identifier: Apache-2.0
//
// A submission server with the extension list of a relay.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersETRNForSubmission.self }

struct OffersETRNForSubmission: RelayFault {
  static let summary = "ETRN is offered for submission."
  static let breaks = ["6409-7-no-etrn"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role.isSubmission { capabilities.append("ETRN") }
  }
}
