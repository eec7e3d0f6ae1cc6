// SPDX-License-Identifier: Apache-2.0
//
// A relay that writes the local parts of addresses small.

@used @section("relay_faults") private let entry: RelayFaultEntry = { LowersLocalParts.self }

struct LowersLocalParts: RelayFault {
  static let summary = "Local parts are in lower case on the way to the next hop."
  static let breaks = ["5321-2.4-localpart-case-preserved"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].recipients = copies[index].recipients.map { $0.lowercased() }
    }
  }
}
