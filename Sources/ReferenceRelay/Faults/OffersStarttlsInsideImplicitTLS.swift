// SPDX-License-Identifier: Apache-2.0
//
// A relay whose submissions port knows nothing of the TLS that it is behind.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  OffersStarttlsInsideImplicitTLS.self
}

struct OffersStarttlsInsideImplicitTLS: RelayFault {
  static let summary = "STARTTLS is offered where TLS began with the connection."
  static let breaks = ["8314-3.3-implicit-tls-465"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    if context.role == .submissions { capabilities.append("STARTTLS") }
  }
}
