// SPDX-License-Identifier: Apache-2.0
//
// A relay that goes on inside TLS as if the client had said EHLO there.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HelloOutlivesStarttls.self }

struct HelloOutlivesStarttls: RelayFault {
  static let summary = "EHLO before STARTTLS counts inside TLS."
  static let breaks = ["3207-4.2-reset-after-tls"]

  func adjust(_ policy: inout RelayPolicy) { policy.handshakeForgets.remove(.hello) }
}
