// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace does not say from whom a message came.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReceivedLacksFrom.self }

struct ReceivedLacksFrom: RelayFault {
  static let summary = "The Received field has no FROM clause."
  static let breaks = ["5321-4.4-received-from-clause"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace { $0.replacing(/from [^\r]*\r\n\t/, with: "") }
    }
  }
}
