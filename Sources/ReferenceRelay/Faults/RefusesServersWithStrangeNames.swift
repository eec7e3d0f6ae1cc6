// SPDX-License-Identifier: Apache-2.0
//
// A relay that treats other servers as it treats its users.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  RefusesServersWithStrangeNames.self
}

struct RefusesServersWithStrangeNames: RelayFault {
  static let summary = "Servers that indicate a name which the relay does not have are refused."
  static let breaks = ["8461-7.1-sni-fallback"]

  func adjust(_ tls: inout RelayTLS) { tls.servesEveryServer = false }
}
