// SPDX-License-Identifier: Apache-2.0
//
// A relay whose trace does not say when a message came.

@used @section("relay_faults") private let entry: RelayFaultEntry = { ReceivedLacksDate.self }

struct ReceivedLacksDate: RelayFault {
  static let summary = "The Received field has no date."
  static let breaks = ["5321-4.4-received-date"]

  func forward(_ copies: inout [RelayCopy], _ context: RelayContext) {
    for index in copies.indices {
      copies[index].replaceTrace { $0.replacing(/; [^\r]*/, with: "") }
    }
  }
}
