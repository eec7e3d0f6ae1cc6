// SPDX-License-Identifier: Apache-2.0
//
// A relay that lists its mechanisms as people write lists.

@used @section("relay_faults") private let entry: RelayFaultEntry = {
  SeparatesMechanismsByCommas.self
}

struct SeparatesMechanismsByCommas: RelayFault {
  static let summary = "The mechanisms behind AUTH are separated by commas too."
  static let breaks = ["4954-3-auth-keyword"]
  static let alsoTrips = [
    "rfc4954/4-policy/plain-inside-tls": "The list of mechanisms cannot be read."
  ]

  func advertise(_ capabilities: inout [String], _ context: RelayContext) {
    capabilities = capabilities.map { line in
      guard line.hasPrefix("AUTH ") else { return line }
      return "AUTH " + line.dropFirst(5).split(separator: " ").joined(separator: ", ")
    }
  }
}
