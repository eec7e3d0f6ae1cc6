// SPDX-License-Identifier: Apache-2.0
//
// A relay that leaves no trace of itself.

@used @section("relay_faults") private let entry: RelayFaultEntry = { WritesNoReceived.self }

struct WritesNoReceived: RelayFault {
  static let summary = "No Received field is put before a message that is sent on."
  static let breaks = ["5321-4.4-received-added"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].trace = []
    }
  }
}
