// SPDX-License-Identifier: Apache-2.0
//
// A submission server where nobody can log in.

@used @section("relay_faults") private let entry: RelayFaultEntry = { HidesAUTH.self }

struct HidesAUTH: RelayFault {
  static let summary = "AUTH is not offered."
  static let breaks = ["6409-7-auth-supported"]
  static let alsoTrips = [
    "rfc8314/3.3-implicit-tls/greets-inside-tls": "It wants AUTH in the first list inside TLS."
  ]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities.removeAll { $0.hasPrefix("AUTH") }
  }
}
