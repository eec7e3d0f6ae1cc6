// SPDX-License-Identifier: Apache-2.0
//
// A relay that wants no passwords, not even inside TLS.

@used @section("relay_faults") private let entry: RelayFaultEntry = { OffersNoPLAIN.self }

struct OffersNoPLAIN: RelayFault {
  static let summary = "PLAIN is not offered."
  static let breaks = ["4954-4-plain-over-tls-mti"]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { line in
      guard line.hasPrefix("AUTH ") else { return line }
      return line.split(separator: " ").filter { $0 != "PLAIN" }.joined(separator: " ")
    }
  }
}
