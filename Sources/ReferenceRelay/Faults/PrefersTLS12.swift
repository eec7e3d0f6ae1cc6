// SPDX-License-Identifier: Apache-2.0
//
// A relay that was held to TLS 1.2 for a client that once failed at 1.3.

@used @section("relay_faults") private let entry: RelayFaultEntry = { PrefersTLS12.self }

struct PrefersTLS12: RelayFault {
  static let summary = "TLS 1.2 is chosen although both sides have 1.3."
  static let breaks = ["9325-3.1.1-tls13-preferred"]

  func adjust(_ tls: inout RelayTLS) { tls.prefersTLS12 = true }
}
