// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace names protocols that nobody has registered.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ProtocolsOfItsOwn.self }

struct ProtocolsOfItsOwn: RelayFault {
  static let summary = "The protocol in the Received field is none that is registered."
  static let breaks = ["5321-4.4-received-with"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace {
        $0.replacing(" with UTF8", with: " with X").replacing(" with E", with: " with X").replacing(
          " with L", with: " with X")
      }
    }
  }
}
