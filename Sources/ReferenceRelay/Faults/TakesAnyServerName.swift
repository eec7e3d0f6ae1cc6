// SPDX-License-Identifier: Apache-2.0
//
// A relay that shows its certificate to whoever asks for anybody.

@used @section("relay_faults") private let entry: RelayFaultEntry = { TakesAnyServerName.self }

struct TakesAnyServerName: RelayFault {
  static let summary = "A server name that the relay does not know is taken for its own."
  static let breaks = ["9325-3.7-sni-unknown"]

  func adjust(_ tls: inout RelayTLS) { tls.refusesUnknownNames = false }
}
